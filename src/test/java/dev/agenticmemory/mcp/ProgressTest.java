package dev.agenticmemory.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.Fixture;
import dev.agenticmemory.json.Json;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

final class ProgressTest {

  private final BlockingQueue<ObjectNode> sent = new LinkedBlockingQueue<>();

  @Test
  void aClientThatGaveATokenIsToldUntilTheCallIsDone() throws Exception {
    ObjectNode params = Json.object();
    params.putObject("_meta").put("progressToken", "t1");
    try (Progress _ = new Progress(call(params), Duration.ofMillis(1))) {
      ObjectNode first = sent.take();
      assertThat(first.path("method").asText()).isEqualTo("notifications/progress");
      assertThat(first.path("params").path("progressToken").asText()).isEqualTo("t1");
      assertThat(first.path("params").path("progress").asInt()).isEqualTo(1);
      assertThat(sent.take().path("params").path("progress").asInt()).isEqualTo(2);
    }
  }

  @Test
  void aClientWithoutATokenIsToldNothing() {
    try (Progress _ = new Progress(call(Json.object()), Duration.ZERO)) {
      assertThat(sent).isEmpty();
    }
  }

  private Call call(ObjectNode params) {
    return new Call(new Session(Fixture.free(), _ -> {}), false, params, sent::add);
  }
}
