package dev.agenticmemory.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.Fixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// The served document says what the program does: its routes, and the reviewed answers of
/// [RestGoldenTest].
final class OpenApiTest {

  private static final Path GOLDEN = Path.of("src/test/resources/rest");

  @TempDir Path folder;

  @Test
  void itIsServedAndNamesEveryRouteAndNoOther() {
    try (HttpFixture fixture = new HttpFixture(folder)) {
      List<String> documented = new ArrayList<>();
      for (Map.Entry<String, JsonNode> path :
          fixture.client().get("/openapi.json").json().path("paths").properties()) {
        path.getValue()
            .fieldNames()
            .forEachRemaining(
                method -> documented.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey()));
      }
      List<String> served =
          fixture.routes().stream().map(route -> route.method() + " " + route.path()).toList();
      assertThat(documented).containsExactlyInAnyOrderElementsOf(served);
    }
  }

  @TestFactory
  Stream<DynamicTest> aReviewedAnswerIsAsDocumented() throws IOException {
    JsonNode document = document();
    List<Path> files;
    try (Stream<Path> all = Files.list(GOLDEN)) {
      files = all.filter(file -> !file.endsWith("requests.txt")).sorted().toList();
    }
    return files.stream()
        .map(file ->
            DynamicTest.dynamicTest(
                String.valueOf(file.getFileName()), () -> check(document, Files.readString(file))));
  }

  private static void check(JsonNode document, String golden) {
    String[] request = golden.lines().findFirst().orElseThrow().split(" ", -1);
    String[] answer = golden.substring(golden.indexOf("\n\n") + 2).split("\n", 2);
    String status = answer[0].substring(0, 3);
    JsonNode operation = operation(document, request[0], request[1].replaceFirst("\\?.*", ""));
    if (operation.isMissingNode()) {
      assertThat(status).isIn("404", "405");
      return;
    }
    JsonNode response = resolved(document, operation.path("responses").path(status));
    assertThat(response.isMissingNode()).as("%s is documented", status).isFalse();
    List<String> faults = new ArrayList<>();
    JsonNode schema = response.path("content").path("application/json").path("schema");
    compare(document, schema, Fixture.parsed(answer[1].replace("<score>", "0.5")), "", faults);
    assertThat(faults).isEmpty();
  }

  private static JsonNode operation(JsonNode document, String method, String path) {
    JsonNode paths = document.path("paths");
    String name =
        paths.has(path)
            ? path
            : path.matches("/memory/history/[^/]+")
                ? "/memory/history/{id}"
                : path.matches("/memory/[^/]+") ? "/memory/{id}" : "";
    return paths.path(name).path(method.toLowerCase(Locale.ROOT));
  }

  /// What of `value` is not as `schema` says: members that are missing or not documented, and wrong
  /// types.
  private static void compare(
      JsonNode document, JsonNode written, JsonNode value, String at, List<String> faults) {
    JsonNode schema = resolved(document, written);
    if (schema.has("oneOf")) {
      return;
    }
    if (!allows(schema.path("type"), value)) {
      faults.add(at + " is " + value.getNodeType());
    }
    if (schema.has("const") && !schema.path("const").equals(value)) {
      faults.add(at + " is " + value);
    }
    schema
        .path("required")
        .forEach(name -> {
          if (!value.has(name.asText())) {
            faults.add(at + "/" + name.asText() + " is missing");
          }
        });
    if (schema.has("properties")) {
      for (Map.Entry<String, JsonNode> member : value.properties()) {
        JsonNode property = schema.path("properties").path(member.getKey());
        if (property.isMissingNode()) {
          faults.add(at + "/" + member.getKey() + " is not documented");
        } else {
          compare(document, property, member.getValue(), at + "/" + member.getKey(), faults);
        }
      }
    }
    if (schema.has("items")) {
      value.forEach(one -> compare(document, schema.path("items"), one, at + "/*", faults));
    }
  }

  private static boolean allows(JsonNode type, JsonNode value) {
    if (type.isArray()) {
      for (JsonNode one : type) {
        if (allows(one, value)) {
          return true;
        }
      }
      return false;
    }
    return switch (type.asText()) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isTextual();
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      case "boolean" -> value.isBoolean();
      case "null" -> value.isNull();
      default -> throw new AssertionError("Unknown type " + type);
    };
  }

  private static JsonNode resolved(JsonNode document, JsonNode node) {
    return node.has("$ref") ? document.at(node.path("$ref").asText().substring(1)) : node;
  }

  private static JsonNode document() throws IOException {
    return Fixture.parsed(Files.readString(Path.of("src/main/resources" + OpenApiServlet.FILE)));
  }
}
