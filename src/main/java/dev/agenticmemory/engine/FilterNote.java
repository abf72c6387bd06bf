package dev.agenticmemory.engine;

import dev.agenticmemory.domain.Filter;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a caller should know of a filter that looks for what is not there.
///
/// Filters look at the top level of metadata alone. Answers show more of a memory beside it, which
/// a caller may take for metadata.
public final class FilterNote {

  /// Told by arguments of the search.
  private static final Set<String> ARGUMENTS = Set.of("user_id", "agent_id", "run_id");

  private static final Set<String> BESIDE_METADATA =
      Set.of(
          "id",
          "memory",
          "hash",
          "score",
          "original_score",
          "memory_type",
          "category",
          "shared",
          "attributed_to",
          "status",
          "created_at",
          "updated_at",
          "observed_at",
          "expires_at");

  private FilterNote() {}

  /// Null where each key may be one of metadata, or a hit has it there.
  public static @Nullable String of(Filter filter, List<Hit> hits) {
    List<String> nowhere =
        filter.keys().filter(FilterNote::isElsewhere).filter(key -> !isIn(hits, key)).toList();
    if (nowhere.isEmpty()) {
      return null;
    }
    String arguments =
        nowhere.stream()
            .filter(ARGUMENTS::contains)
            .map(key -> " Pass %s as an argument.".formatted(key))
            .collect(Collectors.joining());
    return "Filters look at the top level of metadata alone, where no hit has %s.%s"
        .formatted(String.join(", ", nowhere), arguments);
  }

  private static boolean isElsewhere(String key) {
    return ARGUMENTS.contains(key) || BESIDE_METADATA.contains(key) || key.contains(".");
  }

  private static boolean isIn(List<Hit> hits, String key) {
    return hits.stream()
        .anyMatch(hit -> hit.memory().content().metadata().values().containsKey(key));
  }
}
