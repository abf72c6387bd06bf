package dev.agenticmemory.openclaw;

import dev.agenticmemory.engine.Workspace.Entry;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A diary of one day.
///
/// What plugins write has `### [HH:MM] Session <agent>:<key>` above each entry, times in UTC. What
/// people write is read by its headings, or, where it has none, paragraph by paragraph.
final class Diary {

  private static final Pattern ENTRY = Pattern.compile("(?m)^### \\[");

  /// The level of the headings above a plugin's entries.
  private static final int ENTRY_LEVEL = 3;

  private static final Pattern HEADING = Pattern.compile("^#{1,6}\\s+(.*)$");
  private static final Pattern TIME =
      Pattern.compile("^\\[?(([01]\\d|2[0-3]):[0-5]\\d)(?::[0-5]\\d)?(?:\\s*(?:UTC|Z))?]?");
  private static final Pattern SESSION =
      Pattern.compile("(?:^|\\s)Session\\s+(\\S+:\\S+)\\s*$", Pattern.CASE_INSENSITIVE);

  private final LocalDate day;
  private final TextFile file;

  Diary(LocalDate day, TextFile file) {
    this.day = day;
    this.file = file;
  }

  /// One entry as it is written.
  private record Part(String heading, String body) {}

  List<Entry> entries() {
    List<Part> parts = parts(file.text());
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      entries.add(entry(parts.get(i), i == parts.size() - 1 ? file.changed() : null));
    }
    return entries;
  }

  private List<Part> parts(String text) {
    Matcher starts = ENTRY.matcher(text);
    if (!starts.find()) {
      return byHeadings(text, 0);
    }
    List<Part> parts = new ArrayList<>(byHeadings(text.substring(0, starts.start()), ENTRY_LEVEL));
    int start = starts.start();
    while (starts.find()) {
      parts.add(part(text.substring(start, starts.start())));
      start = starts.start();
    }
    parts.add(part(text.substring(start)));
    return parts;
  }

  private static Part part(String text) {
    int end = text.indexOf('\n');
    return end < 0
        ? new Part(heading(text), "")
        : new Part(heading(text.substring(0, end)), text.substring(end + 1));
  }

  /// What people write: each section is an entry, and each block above the first heading.
  ///
  /// @param next the level of the heading that follows; 0 for none
  private List<Part> byHeadings(String text, int next) {
    List<Part> parts = new ArrayList<>();
    List<Markdown.Section> sections = Markdown.sections(text);
    Markdown.Section title = title(sections);
    for (int i = 0; i < sections.size(); i++) {
      Markdown.Section section = sections.get(i);
      int below = i + 1 < sections.size() ? sections.get(i + 1).level() : next;
      if (section.heading().isEmpty() || section.equals(title)) {
        section.blocks().forEach(block -> parts.add(new Part("", block)));
      } else if (!section.blocks().isEmpty() || saysSomething(section, below)) {
        parts.add(new Part(section.heading(), String.join("\n\n", section.blocks())));
      }
    }
    return parts;
  }

  /// What heads the whole file, and so says nothing: its first heading of level 1, where that names
  /// the day or has nothing below it.
  private Markdown.@Nullable Section title(List<Markdown.Section> sections) {
    return sections.stream()
        .filter(section -> section.level() == 1)
        .findFirst()
        .filter(section -> !TIME.matcher(section.heading()).find())
        .filter(s -> s.blocks().isEmpty() || s.heading().contains(day.toString()))
        .orElse(null);
  }

  /// A heading with nothing below it is what somebody noted, unless it only heads other sections.
  private boolean saysSomething(Markdown.Section section, int below) {
    return !section.heading().equals(day.toString())
        && (below <= section.level() || TIME.matcher(section.heading()).find());
  }

  private static String heading(String line) {
    Matcher heading = HEADING.matcher(line.strip());
    return heading.matches() ? heading.group(1).strip() : line.strip();
  }

  private Entry entry(Part part, @Nullable Instant last) {
    String title = part.heading();
    Matcher session = SESSION.matcher(title);
    String of = session.find() ? session.group(1) : null;
    String said = of == null ? title : title.substring(0, session.start()).strip();
    Matcher time = TIME.matcher(said);
    Instant at = time.find() ? at(time.group(1)) : null;
    String afterTime = at == null ? said : said.substring(time.end()).strip();
    String body = Noise.strip(part.body());
    String text = body.isEmpty() && afterTime.isEmpty() ? "" : (said + "\n" + body).strip();
    return new Entry(title, title + "\n" + part.body().strip(), text, at, of, last);
  }

  private Instant at(String time) {
    return day.atTime(LocalTime.parse(time)).toInstant(ZoneOffset.UTC);
  }
}
