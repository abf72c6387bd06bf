package dev.agenticmemory.clients;

import dev.agenticmemory.domain.InvalidInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The text of a file of `NAME=value` lines. Other lines stay as they are.
public record EnvText(String text) {

  private static final String PLAIN = "[\\p{L}\\p{N}_./:@%+,~?&=*;-]*";

  /// With these values, each in the place of the one that was there.
  public EnvText with(Map<String, String> values) {
    Map<String, String> missing = new TreeMap<>(values);
    List<String> lines = new ArrayList<>();
    for (String line : text.stripTrailing().lines().toList()) {
      String name = line.split("=", 2)[0].strip().replaceFirst("^export\\s+", "");
      if (!line.contains("=") || !values.containsKey(name)) {
        lines.add(line);
      } else if (missing.containsKey(name)) {
        lines.add(line(name, missing.remove(name)));
      }
    }
    missing.forEach((name, value) -> lines.add(line(name, value)));
    return new EnvText(lines.isEmpty() ? "" : String.join("\n", lines) + "\n");
  }

  private static String line(String name, String value) {
    if (value.matches(PLAIN)) {
      return name + "=" + value;
    }
    String quote = value.contains("'") ? "\"" : "'";
    if (value.contains(quote) || value.lines().count() > 1) {
      throw new InvalidInput(
          name, "has both kinds of quotes, or several lines", "Write it into the file by hand.");
    }
    return name + "=" + quote + value + quote;
  }
}
