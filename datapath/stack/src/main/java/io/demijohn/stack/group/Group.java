package io.demijohn.stack.group;

import org.jspecify.annotations.Nullable;

/**
 * One group of the interface: what all filters together want, and what routers have still to be told of it.
 *
 * <pre>
 *   filter mode and sources = merge of the sockets' filters (RFC 3376, 3.2)
 *   modeReports             how often the whole state is still to be reported after a change of mode (5.1)
 *   changed, changedReports sources that came or went, and how often that is still to be reported
 *   answerNanos, asked      when a query about this group is answered, and about which sources (5.2)
 * </pre>
 *
 * <p>Owned by {@link Groups}; driver thread only.
 */
final class Group {
    /** Sources that the merged state and each list for routers name at most. */
    static final int SOURCES_MAX = 64;

    final long high;
    final long low;
    final SourceList sources = new SourceList();
    final SourceList changed = new SourceList();
    final int[] changedReports = new int[2 * SOURCES_MAX];
    final SourceList asked = new SourceList();
    boolean exclude;
    int modeReports;
    long answerNanos = Long.MAX_VALUE;
    /** The pending answer is about the whole group. */
    boolean askedAll;

    @Nullable
    GroupFilter filters;

    @Nullable
    Group following; // in its bucket

    private final SourceList before = new SourceList();

    Group(long high, long low) {
        this.high = high;
        this.low = low;
    }

    /** Returns whether anybody wants anything of it. */
    boolean isWanted() {
        return exclude || sources.count() > 0;
    }

    /** Returns whether routers have nothing more to hear about it. */
    boolean isSettled() {
        return modeReports == 0 && changed.count() == 0;
    }

    /** Returns whether what the source sends is wanted by anybody. */
    boolean accepts(long sourceHigh, long sourceLow) {
        return sources.contains(sourceHigh, sourceLow) != exclude;
    }

    /** Merges the filters again and notes what routers must hear, each {@code robustness} times (RFC 3376, 5.1). */
    void merge(int robustness) {
        boolean excluded = exclude;
        before.clear();
        copy(sources, before);
        mergeFilters();
        if (exclude != excluded) {
            modeReports = robustness;
            changed.clear(); // the report of the whole state says it all
            return;
        }
        for (int index = 0; index < before.count(); index++) {
            if (!sources.contains(before.high(index), before.low(index))) {
                noteChange(before.high(index), before.low(index), robustness);
            }
        }
        for (int index = 0; index < sources.count(); index++) {
            if (!before.contains(sources.high(index), sources.low(index))) {
                noteChange(sources.high(index), sources.low(index), robustness);
            }
        }
    }

    /** One report of what changed was sent: counts down. */
    void reported() {
        if (modeReports > 0) {
            modeReports--;
            return;
        }
        for (int index = changed.count() - 1; index >= 0; index--) {
            changedReports[index]--;
            if (changedReports[index] == 0) {
                changedReports[index] = changedReports[changed.count() - 1];
                changed.remove(changed.high(index), changed.low(index));
            }
        }
    }

    /** Forgets what routers have still to hear: they speak an older version now. */
    void settle() {
        modeReports = 0;
        changed.clear();
        answerNanos = Long.MAX_VALUE;
        asked.clear();
    }

    private void noteChange(long sourceHigh, long sourceLow, int robustness) {
        if (modeReports > 0 || !changed.add(sourceHigh, sourceLow, changedReports.length)) {
            return; // the report of the whole state says it
        }
        changedReports[changed.indexOf(sourceHigh, sourceLow)] = robustness;
    }

    /** RFC 3376, 3.2: one EXCLUDE makes it EXCLUDE of what all those exclude and no INCLUDE wants; else the union. */
    private void mergeFilters() {
        exclude = false;
        for (GroupFilter filter = filters; filter != null; filter = filter.following) {
            exclude |= filter.excludes();
        }
        sources.clear();
        boolean first = true;
        for (GroupFilter filter = filters; filter != null; filter = filter.following) {
            if (filter.excludes() != exclude) {
                continue;
            }
            if (!exclude) {
                if (!union(filter.sources)) {
                    exclude = true; // more sources than we keep: ask for all, sockets filter anyway
                    sources.clear();
                    return;
                }
            } else if (first) {
                copy(filter.sources, sources);
            } else {
                intersect(filter.sources);
            }
            first = false;
        }
        for (GroupFilter filter = filters; filter != null && exclude; filter = filter.following) {
            for (int index = 0; !filter.excludes() && index < filter.sources.count(); index++) {
                sources.remove(filter.sources.high(index), filter.sources.low(index));
            }
        }
    }

    private boolean union(SourceList other) {
        for (int index = 0; index < other.count(); index++) {
            if (!sources.add(other.high(index), other.low(index), SOURCES_MAX)) {
                return false;
            }
        }
        return true;
    }

    private void intersect(SourceList other) {
        for (int index = sources.count() - 1; index >= 0; index--) {
            if (!other.contains(sources.high(index), sources.low(index))) {
                sources.remove(sources.high(index), sources.low(index));
            }
        }
    }

    private static void copy(SourceList from, SourceList to) {
        for (int index = 0; index < from.count(); index++) {
            to.add(from.high(index), from.low(index), SOURCES_MAX);
        }
    }
}
