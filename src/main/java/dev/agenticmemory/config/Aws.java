package dev.agenticmemory.config;

import java.util.Set;

/// What AWS's own library reads of the environment, past the settings.
final class Aws {

  /// What decides whose account is used. The program passes none of it on; but processes that
  /// differ in it must not share a server.
  static final Set<String> CREDENTIALS =
      Set.of(
          "AWS_ACCESS_KEY_ID",
          "AWS_BEARER_TOKEN_BEDROCK",
          "AWS_CONFIG_FILE",
          "AWS_CONTAINER_AUTHORIZATION_TOKEN",
          "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
          "AWS_CONTAINER_CREDENTIALS_FULL_URI",
          "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
          "AWS_EC2_METADATA_DISABLED",
          "AWS_EC2_METADATA_SERVICE_ENDPOINT",
          "AWS_PROFILE",
          "AWS_ROLE_ARN",
          "AWS_ROLE_SESSION_NAME",
          "AWS_SECRET_ACCESS_KEY",
          "AWS_SESSION_TOKEN",
          "AWS_SHARED_CREDENTIALS_FILE",
          "AWS_WEB_IDENTITY_TOKEN_FILE");

  private Aws() {}

  /// Whether any part of the program signs its requests with such credentials.
  static boolean isUsed(
      Config.StoreEngine store, Engines engines, Llm llm, EmbeddingSource embedding) {
    return store == Config.StoreEngine.S3VECTORS
        || (store == Config.StoreEngine.OPENSEARCH && engines.signed())
        || llm.provider() == Llm.Provider.BEDROCK
        || embedding instanceof EmbeddingSource.Bedrock;
  }
}
