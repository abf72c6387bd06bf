package dev.agenticmemory.store;

import java.util.List;

/// The memories that may answer a [Query], and how common its words are among all selected ones.
///
/// @param found in no particular order, none twice
/// @param memories how many memories were selected in all
/// @param averageLength mean number of terms of these; 0 where there are none
/// @param frequencies in how many of these each of the query's terms occurs, in the query's order
public record Candidates(
    List<Candidate> found, long memories, double averageLength, List<Long> frequencies) {}
