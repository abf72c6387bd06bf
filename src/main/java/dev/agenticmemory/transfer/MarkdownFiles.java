package dev.agenticmemory.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Unicode;
import dev.agenticmemory.json.DossierJson.Kept;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Notes in Markdown: each paragraph and each list item, with what is indented below it, is a
/// memory; its headings and its file go into the metadata.
final class MarkdownFiles {

  private static final Pattern HEADING = Pattern.compile("(#{1,6})\\s+(.*)");
  private static final Pattern ITEM = Pattern.compile("(?:[-*+]|\\d{1,9}[.)])\\s+(.*)");
  private static final Pattern RULE = Pattern.compile("(?:[-*_]\\s*){3,}");

  private MarkdownFiles() {}

  static List<Kept> read(Path path, Scope scope) throws IOException {
    List<Kept> all = new ArrayList<>();
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.filter(MarkdownFiles::isMarkdown).sorted().toList()) {
        String name =
            file.equals(path) ? file.getFileName().toString() : path.relativize(file).toString();
        new OneFile(name, Files.getLastModifiedTime(file).toInstant(), scope, all)
            .read(Files.readString(file, UTF_8));
      }
    }
    return all;
  }

  private static boolean isMarkdown(Path file) {
    return Files.isRegularFile(file) && file.getFileName().toString().endsWith(".md");
  }

  /// One file as it is read, line by line.
  private static final class OneFile {

    private final String name;
    private final Instant modified;
    private final Scope scope;
    private final List<Kept> all;
    private final List<String> headings = new ArrayList<>();
    private final StringBuilder open = new StringBuilder();
    private boolean fenced;

    OneFile(String name, Instant modified, Scope scope, List<Kept> all) {
      this.name = name;
      this.modified = modified;
      this.scope = scope;
      this.all = all;
    }

    void read(String text) {
      withoutFrontMatter(text).lines().forEach(this::line);
      end();
    }

    private static String withoutFrontMatter(String text) {
      String body = text.startsWith("\uFEFF") ? text.substring(1) : text;
      int end = body.startsWith("---\n") ? body.indexOf("\n---", 3) : -1;
      return end < 0 ? body : body.substring(end + 4);
    }

    private void line(String line) {
      if (line.stripLeading().startsWith("```")) {
        fenced = !fenced;
        append(line);
        return;
      }
      Matcher heading = HEADING.matcher(line);
      Matcher item = ITEM.matcher(line);
      if (fenced) {
        append(line);
      } else if (heading.matches()) {
        end();
        int level = heading.group(1).length();
        while (headings.size() >= level) {
          headings.removeLast();
        }
        headings.add(heading.group(2).strip());
      } else if (Unicode.isBlank(line) || RULE.matcher(line).matches()) {
        end();
      } else if (item.matches()) {
        end();
        append(item.group(1));
      } else {
        append(line);
      }
    }

    private void append(String line) {
      if (!open.isEmpty()) {
        open.append('\n');
      }
      open.append(line);
    }

    private void end() {
      String text = open.toString().strip();
      open.setLength(0);
      if (Unicode.isBlank(text)) {
        return;
      }
      String path = String.join(" > ", headings);
      Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
      metadata.put("file", name);
      if (!path.isEmpty()) {
        metadata.put("heading", path);
      }
      all.add(
          Reading.kept(
              new Reading.Foreign(
                  "markdown",
                  String.join("\0", name, path, text),
                  scope,
                  text,
                  null,
                  new Metadata(metadata),
                  Author.USER,
                  modified,
                  modified)));
    }
  }
}
