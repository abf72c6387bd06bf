package dev.agenticmemory.conformance;

import dev.agenticmemory.Fixture;
import dev.agenticmemory.auth.Gatekeeper;
import dev.agenticmemory.auth.TokenFile;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.http.Door;
import dev.agenticmemory.http.Gate;
import dev.agenticmemory.http.HttpServer;
import dev.agenticmemory.http.Limits;
import dev.agenticmemory.http.Mount;
import dev.agenticmemory.mcp.Dispatcher;
import dev.agenticmemory.transport.McpEndpoints;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;

/// A server for the protocol's conformance suite: our dispatcher, servlets, doors and Jetty, with
/// the tools, resources and prompts that the suite asks for. Prints its port; ends with its input.
final class ConformanceServer {

  private ConformanceServer() {}

  static void main() throws Exception {
    Dispatcher dispatcher = new Dispatcher(new ConformanceOffer(), () -> {}, "test");
    McpEndpoints mcp =
        new McpEndpoints(
            dispatcher, request -> (Caller) request.getAttribute(Door.CALLER), Clock.systemUTC());
    try (dispatcher;
        HttpServer server = server(mcp);
        mcp) {
      server.start();
      System.out.println(server.port());
      while (System.in.read() >= 0) {
        // Until whoever started this ends it.
      }
    }
  }

  private static HttpServer server(McpEndpoints mcp) {
    return new HttpServer(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        List.of(
            new Gate(InetAddress.getLoopbackAddress(), Set.of(), Set.of()),
            new Door(
                Fixture.free(),
                new Gatekeeper(new TokenFile(Path.of("none.json"), Clock.systemUTC()), null),
                new Limits(1_000_000, 1_000_000),
                List.of(),
                Clock.systemUTC())),
        List.of(new Mount(mcp.streamable(), "/mcp"), new Mount(mcp.sse(), McpEndpoints.SSE_PATHS)));
  }
}
