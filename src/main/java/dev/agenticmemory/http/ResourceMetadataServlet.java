package dev.agenticmemory.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.auth.Issuer;
import dev.agenticmemory.domain.Right;
import dev.agenticmemory.json.Json;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// What clients need to get a token for this server (RFC 9728).
public final class ResourceMetadataServlet extends HttpServlet {

  public static final String PATH = "/.well-known/oauth-protected-resource";

  private final transient ObjectNode metadata;

  public ResourceMetadataServlet(Issuer issuer) {
    metadata = Json.object().put("resource", issuer.audience());
    metadata.putArray("authorization_servers").add(issuer.url().toString());
    ArrayNode scopes = metadata.putArray("scopes_supported");
    for (Right right : Right.values()) {
      scopes.add(Issuer.scope(right));
    }
    metadata.putArray("bearer_methods_supported").add("header");
    metadata.put("resource_name", "agentic-memory");
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Answers.write(response, HttpServletResponse.SC_OK, metadata);
  }
}
