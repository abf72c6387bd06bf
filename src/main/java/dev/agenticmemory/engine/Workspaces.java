package dev.agenticmemory.engine;

import java.util.List;

/// Where agents keep files of their own.
public interface Workspaces {

  /// The workspaces that there are now: read anew at each call, so that agents come and go without
  /// a restart. None is an answer.
  ///
  /// Throws `Unavailable` where what names them cannot be read.
  List<Workspace> all();

  /// What to do where there is none, as one sentence.
  String hint();
}
