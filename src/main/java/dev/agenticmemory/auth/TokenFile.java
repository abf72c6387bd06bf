package dev.agenticmemory.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.TextHash;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.files.OwnerOnly;
import dev.agenticmemory.json.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The tokens of this installation, in one file that its owner alone may read. Changes by other
/// processes are seen at the next look.
public final class TokenFile {

  private static final String PREFIX = "am_";
  private static final int SECRET_BYTES = 32;
  private static final int ID_BYTES = 4;

  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  /// A new token, which is shown this once.
  public record Created(Token token, String secret) {}

  /// What the file was when it was read.
  private record Read(long modifiedMillis, long bytes, List<Token> tokens) {}

  private final Path file;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private volatile @Nullable Read last;

  public TokenFile(Path file, Clock clock) {
    this.file = file;
    this.clock = clock;
  }

  /// Whether tokens were ever made here. Revoked ones count: who revokes the last one does not mean
  /// to let everybody in.
  public boolean exists() {
    return Files.exists(file);
  }

  /// All tokens, revoked ones included. Throws [Unavailable] where the file cannot be read.
  public List<Token> tokens() {
    if (!exists()) {
      return List.of();
    }
    try {
      long modified = Files.getLastModifiedTime(file).toMillis();
      long bytes = Files.size(file);
      Read known = last;
      if (known == null || known.modifiedMillis() != modified || known.bytes() != bytes) {
        known =
            new Read(modified, bytes, TokenJson.read(Json.parse(Files.readString(file, UTF_8))));
        last = known;
      }
      return known.tokens();
    } catch (IOException | RuntimeException e) {
      throw Unavailable.untilMended(
          "The file of tokens cannot be read: " + file,
          "Mend it, or remove it and make new tokens with `agentic-memory token create`.",
          e);
    }
  }

  /// The live token that is this text. Takes as long for a wrong one as for a right one.
  Optional<Token> find(String secret) {
    byte[] hash = HexFormat.of().parseHex(TextHash.sha256(secret));
    Token found = null;
    for (Token token : tokens()) {
      if (MessageDigest.isEqual(hash, HexFormat.of().parseHex(token.hash()))) {
        found = token;
      }
    }
    return Optional.ofNullable(found).filter(token -> token.livesAt(clock.instant()));
  }

  /// Makes a token.
  ///
  /// @param wanted with everything but id, hash and time, which are made here
  public Created create(Token wanted) {
    String secret =
        PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(SECRET_BYTES));
    Token token =
        new Token(
            HexFormat.of().formatHex(bytes(ID_BYTES)),
            wanted.name(),
            TextHash.sha256(secret),
            wanted.users(),
            wanted.agents(),
            wanted.rights(),
            wanted.allowance(),
            clock.instant(),
            wanted.expires(),
            null);
    change(tokens -> {
      List<Token> more = new ArrayList<>(tokens);
      more.add(token);
      return more;
    });
    return new Created(token, secret);
  }

  /// Refuses a token from now on. Doing it twice changes nothing.
  public Token revoke(String id) {
    Instant now = clock.instant();
    change(tokens -> {
      if (tokens.stream().noneMatch(token -> token.id().equals(id))) {
        throw new InvalidInput(
            "id", "is of no token: " + id, "See `agentic-memory token list` for the ids.");
      }
      return tokens.stream()
          .map(token -> token.id().equals(id) ? token.revokedAt(now) : token)
          .toList();
    });
    return tokens().stream().filter(token -> token.id().equals(id)).findFirst().orElseThrow();
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /// One change at a time, also among processes; the file is whole at every instant.
  private synchronized void change(UnaryOperator<List<Token>> change) {
    try {
      OwnerOnly.folderOf(file);
      Path turn = file.resolveSibling(file.getFileName() + ".lock");
      OwnerOnly.file(turn);
      try (FileChannel lock =
              FileChannel.open(turn, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock _ = lock.lock()) {
        last = null;
        replace(Json.pretty(TokenJson.write(change.apply(tokens()))) + "\n");
        last = null;
      }
    } catch (IOException e) {
      throw Unavailable.untilMended(
          "The file of tokens cannot be written: " + e.getMessage(),
          "Make the data folder writable for this user.",
          e);
    }
  }

  private void replace(String text) throws IOException {
    Path next = Files.createTempFile(file.getParent(), "tokens", ".tmp", OWNER_ONLY);
    try {
      try (FileChannel out = FileChannel.open(next, StandardOpenOption.WRITE)) {
        out.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
        out.force(true);
      }
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(next);
    }
  }
}
