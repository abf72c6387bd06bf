package dev.agenticmemory.http;

import dev.agenticmemory.auth.Admitted;
import dev.agenticmemory.auth.Allowance;
import dev.agenticmemory.auth.Gatekeeper;
import dev.agenticmemory.auth.Issuer;
import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.Access;
import dev.agenticmemory.engine.Caller;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds out who calls, and puts it into the request. Nobody passes without a token where tokens
/// are asked for, and nobody asks for more than its limits.
public final class Door extends HttpFilter {

  /// The request attribute that holds the [Caller]. Every servlet behind the door finds it there.
  public static final String CALLER = Caller.class.getName();

  private final transient Caller anybody;
  private final transient Caller stranger;
  private final transient Gatekeeper gatekeeper;
  private final transient Limits limits;
  private final transient RateLimiter rates;
  private final transient BodyRoom room;
  private final transient List<String> open;

  /// @param anybody who calls where no token is asked for
  /// @param open paths that need no token, and give no rights; one that ends in `/` stands for all
  ///   below it
  public Door(
      Caller anybody,
      Gatekeeper gatekeeper,
      Limits limits,
      List<String> open,
      InstantSource clock) {
    this.anybody = anybody;
    this.stranger =
        new Caller(anybody.user(), Access.NONE, null, anybody.source(), anybody.sharing());
    this.gatekeeper = gatekeeper;
    this.limits = limits;
    this.rates = new RateLimiter(clock);
    this.room = new BodyRoom(limits.bodiesBytesMax());
    this.open = List.copyOf(open);
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    try {
      Visitor visitor = visitor(request, plainPath(request));
      requireRate(visitor);
      requireLength(request, visitor.bodyBytesMax());
      request.setAttribute(CALLER, visitor.caller());
      try (LimitedBody body = new LimitedBody(request, visitor.bodyBytesMax(), room)) {
        chain.doFilter(body, response);
      }
    } catch (LimitedBody.Exceeded e) {
      refuse(response, e.problem().with("Connection", "close"));
    } catch (Problem e) {
      refuse(response, e);
    } catch (Unavailable e) {
      refuse(response, Problem.of(e, "body"));
    }
  }

  private static void refuse(HttpServletResponse response, Problem problem) throws IOException {
    if (!response.isCommitted()) {
      response.resetBuffer();
      Answers.write(response, problem);
    }
  }

  /// The path by which the request is dispatched. Throws [Problem] where it was sent in another
  /// form, such as `/a/../b`: whoever looks at one form and serves the other can be tricked.
  private static String plainPath(HttpServletRequest request) {
    String path = request.getServletPath() + Objects.requireNonNullElse(request.getPathInfo(), "");
    if (!path.equals(request.getRequestURI())) {
      throw new Problem(
          Problem.BAD_REQUEST,
          "The path of this request is not in its plain form. Send it without . and .. segments,"
              + " parameters and percent signs.");
    }
    return path;
  }

  private Visitor visitor(HttpServletRequest request, String path) {
    if (isOpen(path)) {
      return visitor(stranger, Allowance.USUAL);
    }
    if (!gatekeeper.isLocked()) {
      return visitor(anybody, Allowance.USUAL);
    }
    String authorization = request.getHeader("Authorization");
    return gatekeeper
        .admit(authorization)
        .map(admitted -> visitor(caller(admitted), admitted.allowance()))
        .orElseThrow(() -> unauthorized(request, authorization));
  }

  private Visitor visitor(Caller caller, Allowance allowance) {
    return new Visitor(
        caller,
        allowance.requestsPerMinuteOr(limits.requestsPerMinute()),
        allowance.bodyBytesMaxOr(limits.bodyBytesMax()));
  }

  private Caller caller(Admitted admitted) {
    Access access = admitted.access();
    Set<AgentId> agents = access.agents();
    AgentId writesAs =
        agents.isEmpty()
            ? anybody.writesAs()
            : agents.size() == 1 ? agents.iterator().next() : null;
    if (admitted.user() == null) {
      Set<UserId> users = anybody.access().users();
      Access bound = new Access(access.holder(), users, agents, access.rights());
      return new Caller(anybody.user(), bound, writesAs, anybody.source(), anybody.sharing());
    }
    return new Caller(admitted.user(), access, writesAs, anybody.source(), anybody.sharing());
  }

  private boolean isOpen(String path) {
    return open.stream()
        .anyMatch(one -> one.endsWith("/") ? path.startsWith(one) : path.equals(one));
  }

  private Problem unauthorized(HttpServletRequest request, @Nullable String authorization) {
    StringBuilder challenge = new StringBuilder("Bearer realm=\"agentic-memory\"");
    if (authorization != null) {
      challenge.append(", error=\"invalid_token\"");
    }
    gatekeeper
        .issuer()
        .ifPresent(issuer ->
            challenge.append(", resource_metadata=\"%s\"".formatted(metadata(issuer, request))));
    return new Problem(
            Problem.UNAUTHORIZED,
            authorization == null
                ? "A token is needed. Send it as Authorization: Bearer <token>."
                : "This token is unknown, revoked or expired.")
        .with("WWW-Authenticate", challenge.toString());
  }

  /// Where RFC 9728 puts the metadata of this server.
  private static String metadata(Issuer issuer, HttpServletRequest request) {
    String audience = issuer.audience();
    String resource =
        audience.startsWith("http")
            ? audience
            : request.getScheme() + "://" + request.getHeader("Host");
    return resource.replaceFirst("^(https?://[^/]+)", "$1" + ResourceMetadataServlet.PATH);
  }

  private void requireRate(Visitor visitor) {
    String holder = visitor.caller().access().holder();
    // Whoever is in without a token is on this machine, and is many clients at once.
    Duration wait =
        holder.equals(Access.ANYBODY)
            ? Duration.ZERO
            : rates.take(holder, visitor.requestsPerMinute());
    if (!wait.isZero()) {
      throw new Problem(
              Problem.TOO_MANY,
              "More than %,d requests a minute with this token. Wait a moment."
                  .formatted(visitor.requestsPerMinute()))
          .with("Retry-After", String.valueOf(wait.toSeconds() + 1));
    }
  }

  private static void requireLength(HttpServletRequest request, int bytesMax)
      throws LimitedBody.Exceeded {
    if (request.getContentLengthLong() > bytesMax) {
      throw LimitedBody.tooLarge(bytesMax);
    }
  }
}
