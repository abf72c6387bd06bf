package dev.agenticmemory.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.Fixture;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SseServletTest {

  @TempDir Path folder;

  private Fixture fixture;
  private HttpFixture http;

  @BeforeEach
  void open() {
    fixture = new Fixture(folder);
    http = new HttpFixture(fixture.dispatcher(), Clock.systemUTC());
  }

  @AfterEach
  void close() {
    http.close();
    fixture.close();
  }

  @Test
  void everythingIsAnsweredOnTheStream() throws Exception {
    try (HttpFixture.Events events = stream()) {
      String address = events.data();
      assertThat(address).startsWith("/messages?sessionId=");
      assertThat(http.post(address, Frames.initialize("2024-11-05")).statusCode()).isEqualTo(202);
      assertThat(events.next().path("result").path("protocolVersion").asText())
          .isEqualTo("2024-11-05");
      http.post(address, Frames.notification("notifications/initialized", ""));
      http.post(address, Frames.add(2, "likes tea"));
      assertThat(events.next().path("result").path("isError").asBoolean(true)).isFalse();
      http.post(
          address,
          Frames.request(3, "resources/subscribe", "\"uri\":\"memory://users/alice/long-term\""));
      assertThat(events.next().path("id").asInt()).isEqualTo(3);
      http.post(address, Frames.add(4, "likes coffee"));
      JsonNode first = events.next();
      JsonNode second = events.next();
      JsonNode updated = first.has("method") ? first : second;
      assertThat(updated.path("method").asText()).isEqualTo("notifications/resources/updated");
    }
  }

  @Test
  void aMessageOfNoSessionIsRefused() throws Exception {
    String ping = Frames.request(2, "ping", "");
    assertThat(http.post("/messages", ping).statusCode()).isEqualTo(400);
    assertThat(http.post("/messages?sessionId=none", ping).statusCode()).isEqualTo(404);
  }

  @Test
  void aSessionOfAnotherUserIsNotThere() throws Exception {
    try (HttpFixture.Events events = stream()) {
      String address = events.data();
      String initialize = Frames.initialize("2024-11-05");
      assertThat(http.post(address, initialize, "user", "bob").statusCode()).isEqualTo(404);
      assertThat(http.post(address, initialize).statusCode()).isEqualTo(202);
    }
  }

  @Test
  void clientsOfNewerVersionsLearnThatThisIsTheOldAddress() throws Exception {
    assertThat(http.post("/sse", Frames.initialize("2025-11-25")).statusCode()).isEqualTo(405);
  }

  @Test
  void askingForTheHeadersAloneOpensNoStream() throws Exception {
    HttpResponse<String> refused = http.send(http.request("/sse").HEAD());
    assertThat(refused.statusCode()).isEqualTo(405);
    assertThat(refused.headers().firstValue("Allow")).contains("GET");
  }

  private HttpFixture.Events stream() throws Exception {
    return http.events(http.request("/sse").setHeader("Accept", "text/event-stream"));
  }
}
