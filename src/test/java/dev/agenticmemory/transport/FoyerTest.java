package dev.agenticmemory.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agenticmemory.Fixture;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FoyerTest {

  private final List<String> out = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger ready = new AtomicInteger();

  @ParameterizedTest
  @ValueSource(strings = {"server/discover", "tools/list", "prompts/list"})
  void whoOnlyAsksWhatThereIsNeedsNoServerInTheNewerEra(String method) {
    try (Foyer foyer = foyer()) {
      assertThat(foyer.answers(line(Frames.modern(2, method, "")))).isTrue();
      assertThat(out).singleElement().asString().contains("\"result\"");
      assertThat(ready).hasValue(0);
      assertThat(foyer.answers(line(Frames.modern(3, "tools/call", "")))).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"2025-11-25", "2024-11-05"})
  void whoSaysThatItIsReadyNeedsOneInTheOlderEra(String version) {
    try (Foyer foyer = foyer()) {
      foyer.answers(line(Frames.initialize(version)));
      assertThat(ready).hasValue(0);
      foyer.answers(line(Frames.notification("notifications/initialized", "")));
      assertThat(ready).hasValue(1);
    }
  }

  private Foyer foyer() {
    Greeting greeting = new Greeting("", "pump", Fixture.free());
    return new Foyer("test", greeting, out::add, ready::incrementAndGet);
  }

  private static Numbered line(String message) {
    return new Numbered(1, Numbered.Kind.PLAIN, message);
  }
}
