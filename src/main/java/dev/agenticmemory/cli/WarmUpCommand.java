package dev.agenticmemory.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `agentic-memory warm-up`: goes once through what a usual session does, so that the AOT cache
/// that the launcher records from it holds those classes. Touches no data of the user.
@Command(
    name = "warm-up",
    hidden = true,
    description = "Run a short session in a temporary folder, for the launcher's class cache.")
public final class WarmUpCommand implements Callable<Integer> {

  /// Serves the session `in` on the data folder `home`.
  public interface Server {
    void serve(Path home, InputStream in, OutputStream out) throws Exception;
  }

  private static final String SESSION =
      """
      {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"warm-up","version":"1"}}}
      {"jsonrpc":"2.0","method":"notifications/initialized"}
      {"jsonrpc":"2.0","id":"2","method":"tools/list","params":{}}
      {"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"add_memory","arguments":{"text":"Likes tea, 喜欢喝茶","infer":false,"metadata":{"a":1}}}}
      {"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"search_combined","arguments":{"query":"what to drink?"}}}
      {"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"list_memories","arguments":{}}}
      {"jsonrpc":"2.0","id":6,"method":"resources/list","params":{}}
      {"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"get_memory","arguments":{"memory_id":"none"}}}
      {"jsonrpc":"2.0","id":8,"method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}
      """;

  private final Server server;

  public WarmUpCommand(Server server) {
    this.server = server;
  }

  @Override
  public Integer call() throws Exception {
    return Folders.temporary(home -> {
      InputStream in = new ByteArrayInputStream(SESSION.getBytes(StandardCharsets.UTF_8));
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      server.serve(home, in, out);
      return out.size() > 0 ? 0 : 1;
    });
  }
}
