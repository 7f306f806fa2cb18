#include "tests/tidy/source_tree.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace millrace::tidy;  // NOLINT(google-build-using-namespace): the subject of this file

TEST_CASE("comments and literals are blanked, code and line ends stay", "[tidy]") {
    const std::string text =
        "int a = 1'000;  // not 'this\n"
        "auto b = \"in \\\" here\"; /* nor\n this */ char c = '\"';\n"
        "auto d = R\"x(raw )\" still)x\"; end();\n";

    const std::string code = code_of(text);

    CHECK(code.size() == text.size());
    CHECK(line_at(code, code.find("end();")) == 4);
    CHECK(code.find("int a = 1'000;") == 0);
    CHECK(code.find("char c =") != std::string::npos);
    for (const char* gone : {"this", "here", "nor", "raw", "still", "\""}) {
        CAPTURE(gone);
        CHECK(code.find(gone) == std::string::npos);
    }
}

TEST_CASE("the project's own files are found, built ones are not", "[tidy]") {
    bool found_itself = false;
    for (const source_file& file : all_files()) {
        found_itself |= file.path == "tests/tidy/source_tree_test.cpp";
        CHECK_FALSE(file.below("build/"));
        CHECK_FALSE(file.below(".git/"));
    }
    CHECK(found_itself);
}
