package dev.agenticmemory.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.function.Function;

/// One route of a REST contract.
///
/// @param method such as `GET`
/// @param path such as `/memory/{id}`; a last part in braces stands for any text
/// @param action makes the answer
public record Route(String method, String path, Function<Call, ObjectNode> action) {

  private static final String VARIABLE = "/{id}";

  /// The text in place of the variable, or "" where there is none; empty where `actual` is not of
  /// this route.
  Optional<String> match(String actual) {
    if (!path.endsWith(VARIABLE)) {
      return actual.equals(path) ? Optional.of("") : Optional.empty();
    }
    String prefix = path.substring(0, path.length() - VARIABLE.length() + 1);
    if (!actual.startsWith(prefix)) {
      return Optional.empty();
    }
    String id = actual.substring(prefix.length());
    return id.isEmpty() || id.contains("/") ? Optional.empty() : Optional.of(id);
  }
}
