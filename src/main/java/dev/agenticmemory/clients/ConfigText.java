package dev.agenticmemory.clients;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Unavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/// The text of a configuration file. Edits change what they are told to and leave every other
/// character alone: comments, order and layout belong to the person who wrote them.
interface ConfigText {

  /// Of the file of this host; an empty one where there is none.
  static ConfigText read(Host host, Path file) {
    String text = text(file);
    return host == Host.CODEX ? new TomlText(text) : new JsonText(text);
  }

  /// What is in a file; "" where there is none.
  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException _) {
      return "";
    } catch (IOException e) {
      throw new Unavailable(
          "%s cannot be read: %s".formatted(file, e), "Look at its permissions.", e);
    }
  }

  String text();

  /// What the text says.
  ObjectNode tree();

  /// With `value` at `path`, in place of what is there; the objects on the way are made.
  ConfigText put(List<String> path, JsonNode value);

  /// Without what is at `path`, and without the objects on the way that are empty then.
  ConfigText remove(List<String> path);

  /// What is at `path`; a missing node where nothing is.
  default JsonNode at(List<String> path) {
    JsonNode node = tree();
    for (String name : path) {
      node = node.path(name);
    }
    return node;
  }
}
