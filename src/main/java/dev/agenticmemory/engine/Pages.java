package dev.agenticmemory.engine;

import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Selection;
import dev.agenticmemory.store.Window;
import java.util.List;
import java.util.function.Consumer;

/// Walks through all selected memories, however many, a page at a time.
final class Pages {

  private static final int PAGE = 500;

  private Pages() {}

  /// Calls `work` with each, newest first.
  static void each(MemoryStore store, Selection selection, Consumer<Memory> work) {
    Window window = new Window(null, 0, PAGE);
    while (true) {
      List<Memory> page = store.list(selection, window);
      page.forEach(work);
      if (page.size() < PAGE) {
        return;
      }
      Memory last = page.getLast();
      window = new Window(new Window.Place(last.times().created(), last.id()), 0, PAGE);
    }
  }
}
