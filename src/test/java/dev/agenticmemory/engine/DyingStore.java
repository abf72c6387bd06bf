package dev.agenticmemory.engine;

import dev.agenticmemory.store.MemoryStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/// A store in whose use the process ends, just before or just after one of its calls.
final class DyingStore {

  /// What ends a process in the middle: an Error, which nothing in the program catches.
  static final class Killed extends Error {
    Killed() {
      super("killed", null, false, false);
    }
  }

  private DyingStore() {}

  /// Ends the process at its `n`th call of the store.
  static UnaryOperator<MemoryStore> at(int n, boolean after) {
    AtomicInteger calls = new AtomicInteger();
    return store ->
        (MemoryStore)
            Proxy.newProxyInstance(
                MemoryStore.class.getClassLoader(),
                new Class<?>[] {MemoryStore.class},
                (_, method, arguments) -> {
                  boolean counts = !method.getName().equals("close");
                  boolean here = counts && calls.incrementAndGet() == n;
                  if (here && !after) {
                    throw new Killed();
                  }
                  try {
                    Object result = method.invoke(store, arguments);
                    if (here) {
                      throw new Killed();
                    }
                    return result;
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
  }
}
