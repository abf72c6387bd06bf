package dev.agenticmemory.text;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Blocks that a recall put into a prompt. Remembered again, they would be echoes.
///
/// Ours are marked `<recalled-memories>…</recalled-memories>`; other plugins use other names. A
/// block whose end is missing reaches to the next blank line.
public final class RecalledBlocks {

  /// The name of our own block.
  public static final String TAG = "recalled-memories";

  private static final String NAMES =
      String.join(
          "|",
          List.of(
              TAG,
              "relevant[-_]memories",
              "recalled[-_]memories",
              "retrieved[-_]memories",
              "user[-_]memories",
              "memory[-_]context",
              "mem0[-_](?:memories|context)",
              "supermemory[-_]context",
              "long[-_]term[-_]memory"));

  private static final Pattern BLOCK =
      Pattern.compile(
          "<(" + NAMES + ")(?:\\s[^>]{0,200})?>(?:.*?</\\1\\s*>|.*?(?=\\R[ \\t]*\\R)|.*\\z)",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private static final Pattern STRAY_END =
      Pattern.compile("</(?:" + NAMES + ")\\s*>", Pattern.CASE_INSENSITIVE);

  private RecalledBlocks() {}

  /// What is left of a text, and what was taken out.
  ///
  /// @param text unchanged where nothing was taken out
  public record Stripped(String text, String recalled) {}

  public static Stripped strip(String text) {
    Matcher blocks = BLOCK.matcher(text);
    if (!blocks.find()) {
      return new Stripped(text, "");
    }
    StringBuilder recalled = new StringBuilder();
    StringBuilder left = new StringBuilder();
    do {
      recalled.append(blocks.group()).append('\n');
      blocks.appendReplacement(left, "");
    } while (blocks.find());
    blocks.appendTail(left);
    return new Stripped(STRAY_END.matcher(left).replaceAll("").strip(), recalled.toString());
  }
}
