package dev.agenticmemory.http;

import org.jspecify.annotations.Nullable;

/// Is told of each request that was refused because of who sent it, or from where. Called on the
/// thread of the request, after it; must not throw.
public interface Refusals {

  /// Notes nothing.
  Refusals NONE = (_, _, _) -> {};

  /// One request.
  ///
  /// @param address where it came from
  /// @param status 401 or 403
  /// @param holder whose token it had, by its name; null where it had none that is good
  void note(String address, int status, @Nullable String holder);
}
