package dev.agenticmemory.openclaw;

import dev.agenticmemory.domain.Unicode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Markdown as far as it is needed here: headings, and the blocks below each.
final class Markdown {

  private static final Pattern HEADING = Pattern.compile("^(#{1,6})\\s+(.*?)\\s*#*\\s*$");
  private static final Pattern BULLET = Pattern.compile("^(?:[-*+]|\\d{1,3}[.)])\\s+.*");
  private static final Pattern FENCE = Pattern.compile("^\\s*(?:```|~~~).*");
  private static final Pattern RULE = Pattern.compile("^\\s*(?:-{3,}|\\*{3,}|_{3,})\\s*$");

  private Markdown() {}

  /// One heading and what stands below it, up to the next heading.
  ///
  /// @param level 1 to 6; 0 for what stands above the first heading
  /// @param blocks a paragraph, an entry of a list with what belongs to it, or a block of code each
  record Section(int level, String heading, List<String> blocks) {}

  static List<Section> sections(String text) {
    List<Section> sections = new ArrayList<>();
    Blocks blocks = new Blocks();
    int level = 0;
    String heading = "";
    for (String line : text.split("\n", -1)) {
      Matcher matcher = HEADING.matcher(line);
      if (!blocks.inFence && matcher.matches()) {
        sections.add(new Section(level, heading, blocks.take()));
        level = matcher.group(1).length();
        heading = matcher.group(2);
      } else {
        blocks.add(line);
      }
    }
    sections.add(new Section(level, heading, blocks.take()));
    return sections;
  }

  /// Collects lines into blocks.
  private static final class Blocks {

    private final List<String> done = new ArrayList<>();
    private final StringBuilder open = new StringBuilder();
    private boolean inFence;

    void add(String line) {
      boolean fence = FENCE.matcher(line).matches();
      if (!inFence && !fence) {
        if (Unicode.isBlank(line) || RULE.matcher(line).matches()) {
          end();
          return;
        }
        if (BULLET.matcher(line).matches()) {
          end();
        }
      }
      open.append(line.stripTrailing()).append('\n');
      inFence ^= fence;
    }

    private void end() {
      String block = open.toString().strip();
      if (!Unicode.isBlank(block)) {
        done.add(block);
      }
      open.setLength(0);
    }

    List<String> take() {
      end();
      inFence = false;
      List<String> all = List.copyOf(done);
      done.clear();
      return all;
    }
  }
}
