package dev.agenticmemory.engine;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.text.Secrets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One call of [AddMemory].
///
/// @param user null for the caller's own
/// @param infer whether a language model is to make facts of the input
/// @param observed when what it tells happened
/// @param expires from when on it is not to be found
/// @param idempotencyKey the same key again means the same call again
/// @param extractionPrompt takes the place of the extraction prompt for this call
public record AddRequest(
    Input input,
    @Nullable UserId user,
    @Nullable AgentId agent,
    @Nullable RunId run,
    boolean infer,
    @Nullable String category,
    Metadata metadata,
    @Nullable Instant observed,
    @Nullable Instant expires,
    @Nullable String idempotencyKey,
    @Nullable String extractionPrompt) {

  /// Longest idempotency key, in characters: some clients send a digest of the whole request.
  public static final int KEY_CHARS_MAX = 512;

  /// Longest extraction prompt, in characters: it is sent with each part of the input.
  public static final int PROMPT_CHARS_MAX = 20_000;

  public AddRequest {
    if (idempotencyKey != null
        && (idempotencyKey.isBlank() || idempotencyKey.length() > KEY_CHARS_MAX)) {
      throw new InvalidInput(
          "idempotency_key",
          "has %d characters, 1 to %d are allowed"
              .formatted(idempotencyKey.strip().length(), KEY_CHARS_MAX),
          "Pass a key that is unique to this call, such as a UUID, or leave it out.");
    }
    if (extractionPrompt != null && extractionPrompt.length() > PROMPT_CHARS_MAX) {
      throw new InvalidInput(
          "custom_extraction_prompt",
          "has %,d characters, at most %,d fit"
              .formatted(extractionPrompt.length(), PROMPT_CHARS_MAX),
          "Say in fewer words what is to be extracted.");
    }
  }

  /// This request without secrets in its metadata.
  AddRequest masked() {
    return new AddRequest(
        input,
        user,
        agent,
        run,
        infer,
        category,
        Secrets.mask(metadata),
        observed,
        expires,
        idempotencyKey,
        extractionPrompt);
  }
}
