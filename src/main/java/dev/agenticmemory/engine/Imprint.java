package dev.agenticmemory.engine;

import dev.agenticmemory.domain.TextHash;
import java.util.function.UnaryOperator;

/// By what an entry of a file is known again, though nobody can read it here: fingerprints under
/// the store's key, which may stay when its user has deleted what it said.
///
/// @param entry of all of it
/// @param heading of what it stands under
/// @param body of what stands below that; of all of it where nothing does
/// @param length of all of it, in characters as [TextHash#normalised] leaves them
record Imprint(String entry, String heading, String body, int length) {

  /// Whether another entry says the same: below another heading, or with more behind it.
  ///
  /// @param text all of the other one
  /// @param fingerprint makes [#entry] of a text
  boolean isSaidBy(Imprint other, String text, UnaryOperator<String> fingerprint) {
    return body.equals(other.body) || begins(TextHash.normalised(text), fingerprint);
  }

  private boolean begins(String text, UnaryOperator<String> fingerprint) {
    return length > 0
        && text.length() > length
        && fingerprint.apply(text.substring(0, length)).equals(entry);
  }
}
