package dev.agenticmemory.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.TextHash;
import java.time.Instant;
import java.util.Base64;

/// Where a page of a search ends, as an opaque text: the last hit of the page, and when the search
/// began, so that the age of memories counts the same on every page.
///
/// @param began when the first page was asked for
/// @param score of the last hit
/// @param id of the last hit
record Place(Instant began, double score, MemoryId id) {

  /// Characters of a hash that tell two questions apart.
  private static final int HASH_CHARS = 16;

  /// The cursor that goes on here.
  String cursor(SearchRequest request) {
    String text =
        String.join(
            " ",
            hash(request),
            Long.toString(began.toEpochMilli()),
            Long.toHexString(Double.doubleToLongBits(score)),
            id.toString());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
  }

  /// The place that `cursor`, an answer to the same request, names.
  static Place of(String cursor, SearchRequest request) {
    String[] parts = parts(cursor);
    if (!parts[0].equals(hash(request))) {
      throw new InvalidInput(
          "cursor",
          "belongs to another question",
          "Repeat all arguments of the question that it came from, or leave it out.");
    }
    try {
      return new Place(
          Instant.ofEpochMilli(Long.parseLong(parts[1])),
          Double.longBitsToDouble(Long.parseUnsignedLong(parts[2], 16)),
          MemoryId.parse(parts[3]));
    } catch (RuntimeException _) {
      throw malformed();
    }
  }

  private static String[] parts(String cursor) {
    try {
      String[] parts =
          new String(Base64.getUrlDecoder().decode(cursor.strip()), UTF_8).split(" ", -1);
      if (parts.length == 4) {
        return parts;
      }
    } catch (IllegalArgumentException _) {
      // Not Base64.
    }
    throw malformed();
  }

  private static InvalidInput malformed() {
    return new InvalidInput(
        "cursor",
        "is not one that a search returned",
        "Pass next_cursor of the last answer unchanged, or leave it out to begin anew.");
  }

  /// Everything that decides which hits there are and in which order.
  private static String hash(SearchRequest request) {
    String all =
        String.join(
            "\n",
            request.query(),
            String.valueOf(request.user()),
            String.valueOf(request.agent()),
            request.runs().toString(),
            Double.toString(request.minScore()),
            request.filter().toString(),
            String.valueOf(request.asOf()),
            Boolean.toString(request.timeDecay()));
    return TextHash.sha256(all).substring(0, HASH_CHARS);
  }
}
