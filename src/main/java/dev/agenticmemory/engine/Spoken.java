package dev.agenticmemory.engine;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.Unicode;
import dev.agenticmemory.engine.Turns.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Who said what in a diary entry: `- Boss: …` and `- <agent>: …`, each up to the next. What has no
/// speaker is the user's.
final class Spoken {

  private static final Pattern LEAD = Pattern.compile("(?m)^- ([^:\\n]{1,80}): ");

  private static final Set<String> ASSISTANTS = Set.of("assistant", "agent", "ai", "bot");

  private Spoken() {}

  /// The turns of an entry; none is blank.
  static List<Turn> turns(String entry, @Nullable AgentId agent) {
    List<Turn> turns = new ArrayList<>();
    Matcher leads = LEAD.matcher(entry);
    Author author = Author.USER;
    int start = 0;
    while (leads.find()) {
      add(turns, author, entry.substring(start, leads.start()));
      author = author(leads.group(1).strip(), agent);
      start = leads.end();
    }
    add(turns, author, entry.substring(start));
    return turns;
  }

  private static void add(List<Turn> turns, Author author, String text) {
    if (!Unicode.isBlank(text)) {
      turns.add(new Turn(author, text.strip(), null));
    }
  }

  private static Author author(String speaker, @Nullable AgentId agent) {
    boolean assistant =
        (agent != null && speaker.equalsIgnoreCase(agent.value()))
            || ASSISTANTS.stream().anyMatch(speaker::equalsIgnoreCase);
    return assistant ? Author.ASSISTANT : Author.USER;
  }
}
