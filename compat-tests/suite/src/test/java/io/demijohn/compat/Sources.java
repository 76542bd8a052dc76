package io.demijohn.compat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import io.demijohn.compat.harness.Project;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** Every Java source file of the project, parsed by the JDK's own compiler and never compiled. Read-only after {@link #all}. */
final class Sources {
    private final List<Source> files;

    private Sources(List<Source> files) {
        this.files = files;
    }

    /** One file: its place below the root, its text and its tree. */
    record Source(Path path, List<String> lines, CompilationUnitTree unit, Trees trees) {
        boolean isTest() {
            return path.toString().contains("src/test/");
        }

        boolean isMain() {
            return path.toString().contains("src/main/");
        }

        boolean isPackageInfo() {
            return path.endsWith("package-info.java");
        }

        String packageName() {
            return unit.getPackageName() == null ? "" : unit.getPackageName().toString();
        }

        /** Returns every tree of the file that is a {@code type}, in the file's order. */
        <T extends Tree> List<T> all(Class<T> type) {
            List<T> found = new ArrayList<>();
            new TreeScanner<@Nullable Void, @Nullable Object>() {
                @Override
                public @Nullable Void scan(Tree tree, @Nullable Object none) {
                    if (type.isInstance(tree)) {
                        found.add(type.cast(tree));
                    }
                    return super.scan(tree, null);
                }
            }.scan(unit, null);
            return found;
        }

        int firstLine(Tree tree) {
            return line(trees.getSourcePositions().getStartPosition(unit, tree));
        }

        int lastLine(Tree tree) {
            return line(trees.getSourcePositions().getEndPosition(unit, tree));
        }

        private int line(long position) {
            return (int) unit.getLineMap().getLineNumber(position);
        }

        /** Returns {@code path:line: text}, the form of every complaint. */
        String at(int line, String text) {
            return path + ":" + line + ": " + text;
        }
    }

    List<Source> files() {
        return files;
    }

    /** Parses all files below the project's root, build folders excepted. */
    static Sources all() throws IOException {
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(Project.root())) {
            paths = walk.filter(path -> path.toString().endsWith(".java"))
                    .filter(path -> !Project.root().relativize(path).toString().contains("target/"))
                    .sorted()
                    .toList();
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null, manager, null, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(paths));
            Trees trees = Trees.instance(task);
            List<Source> files = new ArrayList<>();
            for (CompilationUnitTree unit : task.parse()) {
                Path path = Path.of(unit.getSourceFile().toUri());
                files.add(new Source(Project.root().relativize(path), lines(path), unit, trees));
            }
            return new Sources(List.copyOf(files));
        }
    }

    private static List<String> lines(Path path) {
        try {
            return Files.readAllLines(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
