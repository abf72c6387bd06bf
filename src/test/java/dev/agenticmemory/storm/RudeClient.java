package dev.agenticmemory.storm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.atomic.AtomicBoolean;

/// A client that breaks every rule in turn. What the server answers does not matter to it.
final class RudeClient implements Runnable {

  private static final int HUGE_BYTES = 20_000_000;
  private static final int TIMEOUT_MS = 5_000;

  private final URI address;
  private final AtomicBoolean over;
  private int act;
  private long acts;

  RudeClient(URI address, int number, AtomicBoolean over) {
    this.address = address;
    this.over = over;
    this.act = number;
  }

  long acts() {
    return acts;
  }

  @Override
  public void run() {
    while (!over.get()) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(address.getHost(), address.getPort()), TIMEOUT_MS);
        socket.setSoTimeout(TIMEOUT_MS);
        misbehave(socket, socket.getOutputStream());
      } catch (IOException _) {
        // The server has had enough of it, which is its right.
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      }
      acts++;
      act++;
    }
  }

  private void misbehave(Socket socket, OutputStream out) throws IOException, InterruptedException {
    switch (act % 8) {
      case 0 -> out.write("POST /mcp HTT".getBytes(UTF_8));
      case 1 -> {
        post(out, "/mcp", 1_000, "");
        out.write("{\"jsonrpc\":".getBytes(UTF_8));
        socket.setSoLinger(true, 0); // Closing it is a reset.
      }
      case 2 -> {
        post(out, "/mcp", 7_000_000, "");
        out.write("{\"jsonrpc\":\"2.0\",\"x\":\"".getBytes(UTF_8));
        Thread.sleep(2_000);
      }
      case 3 -> {
        post(out, "/mcp", HUGE_BYTES, "");
        byte[] part = new byte[100_000];
        for (int sent = 0; sent < HUGE_BYTES; sent += part.length) {
          out.write(part);
        }
      }
      case 4 -> {
        whole(
            out, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}", "Mcp-Session-Id: none\r\n");
        var _ = socket.getInputStream().read();
      }
      case 5 -> {
        whole(out, "[[[[[[", "");
        var _ = socket.getInputStream().read();
      }
      case 6 -> {
        out.write(("GET /sse HTTP/1.1\r\nHost: " + host() + "\r\n\r\n").getBytes(UTF_8));
        Thread.sleep(1_000); // And never reads.
      }
      default -> {
        for (int i = 0; i < 50; i++) {
          whole(
              out,
              "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":"
                  + "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{}}}",
              "");
        }
        Thread.sleep(500); // Fifty sessions, no answer read.
      }
    }
  }

  private void whole(OutputStream out, String body, String headers) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    post(out, "/mcp", bytes.length, headers);
    out.write(bytes);
    out.flush();
  }

  private void post(OutputStream out, String path, int length, String headers) throws IOException {
    String head =
        "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n"
            .formatted(path, host(), length, headers);
    out.write(head.getBytes(UTF_8));
  }

  private String host() {
    return address.getHost() + ":" + address.getPort();
  }
}
