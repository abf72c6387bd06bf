package dev.agenticmemory.eval;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.engine.Ingests;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.llm.Usage;
import java.util.List;
import java.util.Locale;

/// What [Extraction] counted. Filled while it runs.
public final class ExtractionReport {

  private final String model;
  private int expected;
  private int found;
  private int rightAuthor;
  private int extra;
  private int memories;
  private int otherLanguage;
  private int leaked;
  private int failed;
  private Usage usage = Usage.NONE;

  ExtractionReport(String model) {
    this.model = model;
  }

  void found(boolean author) {
    expected++;
    found++;
    rightAuthor += author ? 1 : 0;
  }

  void missed() {
    expected++;
  }

  void extra(int more) {
    extra += more;
  }

  void language(boolean same) {
    memories++;
    otherLanguage += same ? 0 : 1;
  }

  void leaked(boolean leak) {
    leaked += leak ? 1 : 0;
  }

  void failed() {
    failed++;
  }

  void spent(List<Ingests.Spent> spent) {
    usage = usage.plus(Ingests.sum(spent));
  }

  public ObjectNode json() {
    return Json.object()
        .put("model", model)
        .put("facts_expected", expected)
        .put("facts_found", found)
        .put("right_author", rightAuthor)
        .put("facts_extra", extra)
        .put("memories", memories)
        .put("other_language", otherLanguage)
        .put("secrets_or_recalled", leaked)
        .put("conversations_failed", failed)
        .put("llm_calls", usage.calls())
        .put("input_tokens", usage.input())
        .put("output_tokens", usage.output());
  }

  public List<String> lines() {
    return List.of(
        "%s on the table of conversations".formatted(model),
        "  facts found           %5d of %d (%s)".formatted(found, expected, share(found, expected)),
        "  with the right author %5d of %d (%s)"
            .formatted(rightAuthor, found, share(rightAuthor, found)),
        "  facts not expected    %5d".formatted(extra),
        "  in another language   %5d of %d".formatted(otherLanguage, memories),
        "  secrets or recalled   %5d".formatted(leaked),
        "  conversations failed  %5d".formatted(failed),
        String.format(
            Locale.ROOT,
            "  %,d calls, %,d tokens in, %,d tokens out",
            usage.calls(),
            usage.input(),
            usage.output()));
  }

  private static String share(int part, int all) {
    return all == 0 ? "–" : String.format(Locale.ROOT, "%.0f %%", 100.0 * part / all);
  }
}
