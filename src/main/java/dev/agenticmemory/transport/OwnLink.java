package dev.agenticmemory.transport;

import dev.agenticmemory.mcp.Dispatcher;
import java.util.function.Consumer;

/// A pump's link to an engine in the same process.
final class OwnLink implements Link {

  private final Dispatcher dispatcher;
  private final PumpedClient client;

  OwnLink(Dispatcher dispatcher, Greeting greeting, Consumer<String> received) {
    this.dispatcher = dispatcher;
    this.client = new PumpedClient(dispatcher, greeting, received);
  }

  @Override
  public void send(String line) {
    client.receive(line);
  }

  @Override
  public boolean isOver() {
    return false;
  }

  @Override
  public boolean isSilent() {
    return false;
  }

  @Override
  public void close() {
    client.close();
    dispatcher.close();
  }
}
