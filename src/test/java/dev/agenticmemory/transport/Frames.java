package dev.agenticmemory.transport;

/// Messages of a client, as text.
final class Frames {

  static final String MODERN =
      "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
          + "\"io.modelcontextprotocol/clientCapabilities\":{}}";

  private Frames() {}

  static String initialize(String version) {
    return request(
        1,
        "initialize",
        "\"protocolVersion\":\"%s\",\"capabilities\":{},\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}"
            .formatted(version));
  }

  static String tool(int id, String name, String arguments) {
    return request(
        id, "tools/call", "\"name\":\"%s\",\"arguments\":{%s}".formatted(name, arguments));
  }

  static String add(int id, String text) {
    return tool(id, "add_memory", "\"text\":\"%s\",\"infer\":false".formatted(text));
  }

  static String request(int id, String method, String params) {
    return "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":{%s}}"
        .formatted(id, method, params);
  }

  static String notification(String method, String params) {
    return "{\"jsonrpc\":\"2.0\",\"method\":\"%s\",\"params\":{%s}}".formatted(method, params);
  }

  /// A request of the newer era.
  static String modern(int id, String method, String params) {
    return request(id, method, MODERN + (params.isEmpty() ? "" : "," + params));
  }
}
