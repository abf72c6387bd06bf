package dev.agenticmemory.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class BodyRoomTest {

  @Test
  void largeBodiesShareTheirRoomAndGiveItBack() throws Exception {
    BodyRoom room = new BodyRoom(150_000);
    try (BodyRoom.Share second = room.new Share()) {
      try (BodyRoom.Share first = room.new Share()) {
        first.grow(90_000);
        first.grow(100_000);
        second.grow(60_000);
        assertThatThrownBy(() -> second.grow(70_000))
            .isInstanceOfSatisfying(
                LimitedBody.Exceeded.class,
                e -> {
                  assertThat(e.problem().status()).isEqualTo(503);
                  assertThat(e.problem().headers()).containsEntry("Retry-After", "5");
                });
      }
      second.grow(150_000);
    }
  }
}
