package dev.agenticmemory.http;

import dev.agenticmemory.auth.TokenFile;
import dev.agenticmemory.domain.Right;
import java.time.Instant;
import java.util.List;

/// Who asks for something of Alice's agent `dev`.
enum Who {
  NO_TOKEN,
  WRONG_TOKEN,
  EXPIRED,
  REVOKED,
  READ_ONLY,
  WRITE_ONLY,
  OTHER_USER,
  OTHER_AGENT,
  ALICE,
  ADMIN;

  private static final Instant PAST = Instant.parse("2020-01-01T00:00:00Z");
  private static final List<String> HER = List.of("alice");

  /// A client with a token of its own.
  Client client(HttpFixture fixture) {
    return switch (this) {
      case NO_TOKEN -> fixture.client();
      case WRONG_TOKEN -> fixture.client().bearer("am_wrong");
      case EXPIRED -> bearer(fixture, fixture.token(HER, List.of(), PAST, Right.values()));
      case REVOKED -> {
        TokenFile.Created token = fixture.token(HER, List.of(), Right.values());
        fixture.tokens().revoke(token.token().id());
        yield bearer(fixture, token);
      }
      case READ_ONLY -> bearer(fixture, fixture.token(HER, List.of(), Right.READ));
      case WRITE_ONLY -> bearer(fixture, fixture.token(HER, List.of(), Right.WRITE));
      case OTHER_USER -> bearer(fixture, fixture.token(List.of("bob"), List.of(), Right.values()));
      case OTHER_AGENT -> bearer(fixture, fixture.token(HER, List.of("ops"), Right.values()));
      case ALICE -> bearer(fixture, fixture.token(HER, List.of(), Right.values()));
      case ADMIN -> bearer(fixture, fixture.token(List.of(), List.of(), Right.values()));
    };
  }

  private static Client bearer(HttpFixture fixture, TokenFile.Created token) {
    return fixture.client().bearer(token.secret());
  }

  /// Whether it is let in at all.
  boolean isKnown() {
    return switch (this) {
      case NO_TOKEN, WRONG_TOKEN, EXPIRED, REVOKED -> false;
      case READ_ONLY, WRITE_ONLY, OTHER_USER, OTHER_AGENT, ALICE, ADMIN -> true;
    };
  }

  /// Whether it may do what takes that right with what is Alice's.
  boolean may(Right needed) {
    return switch (this) {
      case NO_TOKEN, WRONG_TOKEN, EXPIRED, REVOKED, OTHER_USER, OTHER_AGENT -> false;
      case READ_ONLY -> needed == Right.READ;
      case WRITE_ONLY -> needed == Right.WRITE;
      case ALICE, ADMIN -> true;
    };
  }
}
