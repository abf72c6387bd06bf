package dev.agenticmemory.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.text.Secrets;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Why a remote model gave no usable answer, told apart by who can act: time, or a person.
///
/// @param what what went wrong, without a secret and without texts that were sent
/// @param hint what the reader can do next
/// @param kind who can act
/// @param retryAfter how long the provider asks to wait; null where it does not say
public record Failure(String what, String hint, Kind kind, @Nullable Duration retryAfter) {

  /// Who can act.
  public enum Kind {
    /// Time: it is down, slow or busy, and is asked again.
    OUTAGE,
    /// Chance: it answered, and nothing can be made of that. Asked again a few times.
    NONSENSE,
    /// A person: nothing changes before the settings do.
    SETTINGS
  }

  /// What is shown of a provider's own words, in characters.
  private static final int WORDS_CHARS_MAX = 200;

  private static final String LATER = "It is tried again later; `agentic-memory doctor` tries now.";

  /// The answer came, and nothing can be made of it.
  public static Failure nonsense(String what) {
    return new Failure(what, LATER, Kind.NONSENSE, null);
  }

  /// Classifies what a client threw.
  ///
  /// @param who which model, for the message
  public static Failure of(Throwable thrown, String who) {
    for (Throwable e = thrown; e != null; e = e.getCause()) {
      if (e instanceof BadStatus status) {
        return ofStatus(status, who);
      }
      if (e instanceof TooLong) {
        return nonsense(who + " sent an answer that is too long");
      }
      if (e instanceof TimeoutException || isTimeout(e)) {
        return new Failure(who + " did not answer in time", LATER, Kind.OUTAGE, null);
      }
      if (e instanceof JsonProcessingException) {
        return nonsense(who + " gave an answer that is not the expected JSON");
      }
      if (e instanceof IOException) {
        return new Failure(who + " could not be reached, or hung up", LATER, Kind.OUTAGE, null);
      }
    }
    return nonsense(who + " gave an answer that cannot be read");
  }

  private static boolean isTimeout(Throwable e) {
    return e.getClass().getSimpleName().toLowerCase(Locale.ROOT).contains("timeout");
  }

  private static Failure ofStatus(BadStatus status, String who) {
    String what =
        "%s answered with status %d: %s"
            .formatted(who, status.statusCode(), shown(String.valueOf(status.getMessage())));
    return switch (status.statusCode()) {
      case 401, 403 ->
          new Failure(what, "Check the key and its rights in the settings.", Kind.SETTINGS, null);
      case 404 ->
          new Failure(
              what,
              "Check the model's name and the base URL in the settings.",
              Kind.SETTINGS,
              null);
      case 408, 409, 425, 429 -> new Failure(what, LATER, Kind.OUTAGE, status.retryAfter());
      default ->
          status.statusCode() >= 500
              ? new Failure(what, LATER, Kind.OUTAGE, status.retryAfter())
              : new Failure(what, "Check the settings of this model.", Kind.SETTINGS, null);
    };
  }

  private static String shown(String words) {
    String masked = Secrets.mask(words.strip().replaceAll("\\s+", " "));
    return masked.length() > WORDS_CHARS_MAX ? masked.substring(0, WORDS_CHARS_MAX) + "…" : masked;
  }

  /// The same with every occurrence of `secret` taken out of what it says.
  public Failure without(@Nullable String secret) {
    return secret == null || secret.isBlank()
        ? this
        : new Failure(what.replace(secret, Secrets.MASK), hint, kind, retryAfter);
  }

  public Unavailable unavailable() {
    return new Unavailable(what, hint, null);
  }
}
