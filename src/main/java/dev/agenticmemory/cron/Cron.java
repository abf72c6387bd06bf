package dev.agenticmemory.cron;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.ZoneOffset;

/// When a job is due: a cron expression of five fields (minute, hour, day of the month, month, day
/// of the week), in UTC.
public final class Cron {

  private final String expression;
  private final ExecutionTime times;

  private Cron(String expression, ExecutionTime times) {
    this.expression = expression;
    this.times = times;
  }

  /// Reads an expression. Throws `IllegalArgumentException`, which says what is wrong with it.
  public static Cron parse(String expression) {
    try {
      CronParser parser =
          new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
      Cron cron = new Cron(expression, ExecutionTime.forCron(parser.parse(expression).validate()));
      var _ = cron.next(Instant.EPOCH);
      return cron;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "is \"%s\", which is no time: %s; pass five fields, such as 0 2 * * *, or off"
              .formatted(expression, e.getMessage()),
          e);
    }
  }

  /// The first time after `instant`.
  public Instant next(Instant instant) {
    return times
        .nextExecution(instant.atZone(ZoneOffset.UTC))
        .orElseThrow(() -> new IllegalArgumentException("it is never due"))
        .toInstant();
  }

  /// As it was written.
  @Override
  public String toString() {
    return expression;
  }
}
