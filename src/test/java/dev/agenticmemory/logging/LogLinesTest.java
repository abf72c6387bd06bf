package dev.agenticmemory.logging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.Fixture;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

final class LogLinesTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-03-23T08:30:00.123Z"), ZoneOffset.UTC);

  private final List<String> lines = new CopyOnWriteArrayList<>();

  @Test
  void whateverIsSaidIsOneLineAndOneObject() {
    log(LogForm.JSON).warn("It said \"{}\"\nand {}", "no", 7);
    assertThat(lines).hasSize(1);
    assertThat(lines.getFirst().lines()).hasSize(1);
    JsonNode line = Fixture.parsed(lines.getFirst());
    assertThat(line.fieldNames())
        .toIterable()
        .containsExactly("time", "level", "logger", "message");
    assertThat(line.path("time").asText()).isEqualTo("2026-03-23T08:30:00.123Z");
    assertThat(line.path("level").asText()).isEqualTo("warn");
    assertThat(line.path("logger").asText()).isEqualTo("a.b.Speaker");
    assertThat(line.path("message").asText()).isEqualTo("It said \"no\"\nand 7");
  }

  @Test
  void anErrorIsItsTypeAndAStackBesideTheMessage() {
    log(LogForm.JSON).error("Not read: {}", "x", new IllegalStateException("broken"));
    JsonNode line = Fixture.parsed(lines.getFirst());
    assertThat(line.path("message").asText()).isEqualTo("Not read: x");
    assertThat(line.path("error").asText()).isEqualTo("java.lang.IllegalStateException");
    assertThat(line.path("stack").asText())
        .contains("IllegalStateException: broken", "LogLinesTest.anErrorIs");
  }

  @Test
  void forPeopleALineIsText() {
    Logger log = log(LogForm.TEXT);
    log.warn("{} of {}", 1, 2);
    log.error("Failed", new IllegalStateException("broken"));
    assertThat(lines.getFirst()).isEqualTo("2026-03-23T08:30:00Z WARN Speaker - 1 of 2");
    assertThat(lines.getLast())
        .startsWith("2026-03-23T08:30:00Z ERROR Speaker - Failed\njava.lang.IllegalStateException");
  }

  @Test
  void theFormCanChangeWhileItRuns() {
    LogLines log = new LogLines(LogForm.TEXT, lines::add, CLOCK);
    Logger speaker = log.getLogger("a.b.Speaker");
    log.use(LogForm.JSON);
    speaker.warn("now");
    assertThat(Fixture.parsed(lines.getFirst()).path("message").asText()).isEqualTo("now");
  }

  @Test
  void whatIsBelowItsLevelIsNotSaid() {
    Logger log = log(LogForm.TEXT);
    log.info("a start");
    log.atInfo().addKeyValue("k", "v").log("a start");
    LogLines all = new LogLines(LogForm.TEXT, lines::add, CLOCK);
    all.getLogger("ai.djl.Model").warn("a download");
    assertThat(lines).isEmpty();
    all.getLogger("dev.agenticmemory.http.Watch").info("a request");
    assertThat(lines).hasSize(1);
  }

  @Test
  void linesOfOneRequestHaveItsIdAndThoseOfThreadsThatItStartsDoNot() throws Exception {
    Logger log = log(LogForm.JSON);
    try (MDC.MDCCloseable _ = MDC.putCloseable("request_id", "r-1")) {
      log.warn("in it");
      Thread.ofPlatform().start(() -> log.warn("beside it")).join();
    }
    log.warn("after it");
    assertThat(lines)
        .map(line -> Fixture.parsed(line).path("request_id").asText("none"))
        .containsExactly("r-1", "none", "none");
  }

  @Test
  void fieldsOfALineWinOverThoseOfItsThread() {
    Logger log = log(LogForm.JSON);
    try (MDC.MDCCloseable _ = MDC.putCloseable("request_id", "r-1")) {
      log.atWarn().addKeyValue("request_id", "r-2").addKeyValue("ms", 12L).log("done");
    }
    JsonNode line = Fixture.parsed(lines.getFirst());
    assertThat(line.path("request_id").asText()).isEqualTo("r-2");
    assertThat(line.path("ms").isNumber()).isTrue();
  }

  @Test
  void itIsWhatLoggersOfTheProgramSpeakTo() {
    assertThat(LoggerFactory.getLogger(LogLinesTest.class)).isInstanceOf(LineLogger.class);
  }

  private Logger log(LogForm form) {
    return new LogLines(form, lines::add, CLOCK).getLogger("a.b.Speaker");
  }
}
