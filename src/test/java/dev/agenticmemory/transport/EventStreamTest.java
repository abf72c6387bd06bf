package dev.agenticmemory.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class EventStreamTest {

  @Test
  void aClientThatDoesNotReadIsCutOffBeforeItsMessagesFillTheMemory() {
    EventStream stream = new EventStream();
    String half = "x".repeat(EventStream.WAITING_CHARS_MAX / 2);
    stream.sendRaw(half);
    stream.sendRaw(half);
    assertThat(stream.isOver()).isFalse();
    stream.sendRaw("x");
    assertThat(stream.isOver()).isTrue();
  }
}
