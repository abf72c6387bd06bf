package dev.agenticmemory.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.agenticmemory.json.Json;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/// Errors that no servlet answered, such as a request that is not HTTP: JSON with `detail`, and
/// nothing of what the program is made of.
final class Errors extends ErrorHandler {

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.write(true, ByteBuffer.wrap(body(response.getStatus())), callback);
    return true;
  }

  private static byte[] body(int status) {
    String detail = HttpStatus.getMessage(status);
    return Json.print(Json.object().put("detail", detail)).getBytes(UTF_8);
  }
}
