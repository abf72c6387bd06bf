package dev.agenticmemory.logging;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.helpers.NOPMDCAdapter;

/// What every line of one thread says, such as the id of its request. Threads that it starts do not
/// inherit it: one that outlives the request would go on with the wrong id.
final class ThreadContext extends NOPMDCAdapter {

  private final ThreadLocal<Map<String, String>> values =
      ThreadLocal.withInitial(LinkedHashMap::new);

  @Override
  public void put(String key, String value) {
    values.get().put(key, value);
  }

  @Override
  public @Nullable String get(String key) {
    return values.get().get(key);
  }

  @Override
  public void remove(String key) {
    values.get().remove(key);
  }

  @Override
  public void clear() {
    values.remove();
  }

  @Override
  public Map<String, String> getCopyOfContextMap() {
    return new LinkedHashMap<>(values.get());
  }

  @Override
  public void setContextMap(Map<String, String> context) {
    values.set(new LinkedHashMap<>(context));
  }
}
