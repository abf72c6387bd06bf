package dev.agenticmemory.openclaw;

import dev.agenticmemory.domain.Unicode;
import dev.agenticmemory.engine.Workspace.Section;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// The sections of a `MEMORY.md`.
final class NoteSections {

  private static final Pattern BULLET =
      Pattern.compile("^(?:[-*+]|\\d{1,3}[.)])\\s+(?:\\[[ xX]]\\s+)?");

  /// Between a heading and what it heads.
  private static final String JOIN = " › ";

  private NoteSections() {}

  static List<Section> of(String text) {
    List<Section> sections = new ArrayList<>();
    Deque<Markdown.Section> above = new ArrayDeque<>();
    Map<String, Integer> names = new HashMap<>();
    for (Markdown.Section section : Markdown.sections(text)) {
      while (!above.isEmpty() && above.getLast().level() >= section.level()) {
        above.removeLast();
      }
      above.addLast(section);
      // The title of the file heads everything, and so tells nothing.
      List<String> headings =
          above.stream().filter(s -> s.level() > 1).map(Markdown.Section::heading).toList();
      String path = String.join(JOIN, headings);
      List<String> items =
          section.blocks().stream()
              .map(b -> BULLET.matcher(b).replaceFirst(""))
              .filter(item -> !Unicode.isBlank(item))
              .toList();
      if (!items.isEmpty()) {
        sections.add(new Section(path, names.merge(path, 1, Integer::sum), items));
      }
    }
    return sections;
  }
}
