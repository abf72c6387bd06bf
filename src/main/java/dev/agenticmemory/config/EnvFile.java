package dev.agenticmemory.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A file of `NAME=value` lines, as shells and container tools read them: blank lines and `#`
/// comments, an optional `export`, values in single or double quotes or as they are.
final class EnvFile {

  private EnvFile() {}

  static Map<String, String> read(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new InvalidConfig(List.of("%s: cannot be read as UTF-8 text: %s".formatted(file, e)));
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      int equals = line.indexOf('=');
      if (equals < 1) {
        throw new InvalidConfig(List.of("%s: line %d is not NAME=value".formatted(file, i + 1)));
      }
      String name = line.substring(0, equals).strip().replaceFirst("^export\\s+", "");
      values.put(name, value(line.substring(equals + 1).strip()));
    }
    return values;
  }

  private static String value(String text) {
    if (text.length() >= 2 && (text.charAt(0) == '"' || text.charAt(0) == '\'')) {
      int end = text.indexOf(text.charAt(0), 1);
      if (end > 0) {
        return text.substring(1, end);
      }
    }
    int comment = text.indexOf(" #");
    return comment < 0 ? text : text.substring(0, comment).strip();
  }
}
