package dev.agenticmemory.store.search;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Checks the signatures of requests to services of AWS, by the rules of version 4.
public final class SignatureV4 implements Guard.Doorman {

  private static final Pattern AUTHORIZATION =
      Pattern.compile(
          "AWS4-HMAC-SHA256 Credential=([^/]+)/(\\d{8})/([^/]+)/([^/]+)/aws4_request,"
              + " ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})");

  private static final int OK = 200;
  private static final int FORBIDDEN = 403;

  private final String keyId;
  private final String secret;
  private final String region;
  private final String service;

  public SignatureV4(String keyId, String secret, String region, String service) {
    this.keyId = keyId;
    this.secret = secret;
    this.region = region;
    this.service = service;
  }

  @Override
  public int status(Guard.Request request) {
    Matcher found = AUTHORIZATION.matcher(request.header("Authorization"));
    boolean valid =
        found.matches()
            && found.group(1).equals(keyId)
            && found.group(3).equals(region)
            && found.group(4).equals(service)
            && found.group(6).equals(signature(request, found.group(2), found.group(5)));
    return valid ? OK : FORBIDDEN;
  }

  private String signature(Guard.Request request, String day, String signedHeaders) {
    String scope = String.join("/", day, region, service, "aws4_request");
    String toSign =
        String.join(
            "\n",
            "AWS4-HMAC-SHA256",
            request.header("X-Amz-Date"),
            scope,
            sha256(canonical(request, signedHeaders).getBytes(UTF_8)));
    byte[] key = ("AWS4" + secret).getBytes(UTF_8);
    for (String part : scope.split("/", -1)) {
      key = hmac(key, part);
    }
    return HexFormat.of().formatHex(hmac(key, toSign));
  }

  private static String canonical(Guard.Request request, String signedHeaders) {
    List<String> query = new ArrayList<>();
    for (String one : request.query().split("&", -1)) {
      query.add(one.isEmpty() || one.contains("=") ? one : one + "=");
    }
    StringBuilder headers = new StringBuilder();
    Arrays.stream(signedHeaders.split(";", -1))
        .forEach(
            name -> headers.append(name).append(':').append(request.header(name)).append('\n'));
    return String.join(
        "\n",
        request.method(),
        request.path(),
        String.join("&", query.stream().sorted().toList()),
        headers,
        signedHeaders,
        sha256(request.bytes()));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
