package dev.agenticmemory.remote.aws;

import dev.agenticmemory.remote.BadStatus;
import dev.agenticmemory.remote.Failure;
import dev.agenticmemory.remote.RetryAfter;
import dev.agenticmemory.remote.TooLong;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClientBuilder;

/// Clients of Bedrock, and what their failures mean.
public final class BedrockClients {

  private static final int ANSWER_BYTES_MAX = 4 * 1024 * 1024;
  private static final Duration CONNECT_MAX = Duration.ofSeconds(10);

  private BedrockClients() {}

  /// A client with the default chain of credentials.
  ///
  /// @param endpoint null for the region's
  /// @param timeout for a whole call
  public static BedrockRuntimeClient client(
      String region, @Nullable String endpoint, Duration timeout) {
    BedrockRuntimeClientBuilder builder =
        BedrockRuntimeClient.builder()
            .region(Region.of(region))
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(CONNECT_MAX)
                    .socketTimeout(timeout))
            .overrideConfiguration(configuration ->
                configuration
                    .apiCallTimeout(timeout)
                    // The queue of ingests tries again, and tells of it.
                    .retryStrategy(DefaultRetryStrategy.doNotRetry())
                    .addExecutionInterceptor(new Bounded()));
    return (endpoint == null ? builder : builder.endpointOverride(URI.create(endpoint))).build();
  }

  /// Why a call failed.
  public static Failure failure(Throwable thrown, String who, Clock clock) {
    for (Throwable e = thrown; e != null; e = e.getCause()) {
      if (e instanceof ApiCallTimeoutException || e instanceof ApiCallAttemptTimeoutException) {
        return Failure.of(new java.util.concurrent.TimeoutException(), who);
      }
      if (e instanceof AwsServiceException service) {
        return Failure.of(status(service, clock), who);
      }
    }
    return Failure.of(thrown, who);
  }

  private static BadStatus status(AwsServiceException e, Clock clock) {
    String words = e.awsErrorDetails() == null ? "" : e.awsErrorDetails().errorMessage();
    Optional<String> header =
        e.awsErrorDetails() == null || e.awsErrorDetails().sdkHttpResponse() == null
            ? Optional.empty()
            : e.awsErrorDetails().sdkHttpResponse().firstMatchingHeader("Retry-After");
    return new BadStatus(
        e.statusCode(), words == null ? "" : words, RetryAfter.parse(header.orElse(null), clock));
  }

  /// Ends the reading of an answer that is too long.
  private static final class Bounded implements ExecutionInterceptor {

    @Override
    public Optional<InputStream> modifyHttpResponseContent(
        Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
      return context.responseBody().map(BoundedStream::new);
    }
  }

  private static final class BoundedStream extends FilterInputStream {

    private long left = ANSWER_BYTES_MAX;

    BoundedStream(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int one = super.read();
      count(one < 0 ? 0 : 1);
      return one;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = super.read(bytes, offset, length);
      count(Math.max(read, 0));
      return read;
    }

    private void count(int read) throws TooLong {
      left -= read;
      if (left < 0) {
        throw new TooLong(ANSWER_BYTES_MAX);
      }
    }
  }
}
