// The folder tree is the architecture: who may include whom, and who may use which library.
// ARCHITECTURE.md tells the same; a need that breaks a floor moves a small type down, or makes an
// interface that the lower floor owns.
#include "tests/tidy/source_tree.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <string_view>

using namespace millrace::tidy;  // NOLINT(google-build-using-namespace): every line here needs it

namespace {

using names = std::set<std::string, std::less<>>;

/// Folders of proxy/ and what each may include besides its own. `app` and main.cpp may everything.
const std::map<std::string, names, std::less<>>& floors() {
    static const std::map<std::string, names, std::less<>> table{
        {"base", {}},
        {"stats", {"base"}},
        {"payload", {"base"}},
        {"journal", {"base"}},
        {"drift", {"base", "stats"}},
        {"metrics", {"base", "stats"}},
        {"routing", {"base"}},
        {"rollout", {"base", "stats", "drift"}},
        {"iter8", {"base", "providers"}},
        {"simulation", {"base", "stats", "rollout"}},
        {"net", {"base"}},
        {"http", {"base", "net"}},
        {"credentials", {"base", "net", "http"}},
        {"providers", {"base", "rollout"}},
        {"upstream", {"base", "routing", "net", "http", "metrics", "credentials"}},
        {"connectors", {"base", "net", "http", "credentials"}},
        {"server", {"base", "routing", "metrics", "payload", "net", "http", "upstream"}},
        {"feedback",
         {"base", "stats", "routing", "metrics", "rollout", "journal", "server", "control"}},
        {"control",
         {"base",
          "stats",
          "drift",
          "routing",
          "metrics",
          "payload",
          "journal",
          "rollout",
          "net",
          "connectors"}},
        {"admin", {"base", "metrics", "rollout", "journal", "net", "http", "control"}},
        {"webhooks", {"base", "journal"}},
        {"config", {"base", "iter8"}},
    };
    return table;
}

/// config/ fills the params.hpp of every folder, and reads nothing else of them.
bool is_params_for_config(std::string_view folder, std::string_view included) {
    return folder == "config" && included.ends_with("/params.hpp");
}

/// A library that only some folders may use.
struct library {
    std::string_view prefix;
    names folders;
    bool in_headers = true;
};

const std::vector<library>& libraries() {
    static const std::vector<library> table{
        {"boost/asio",
         {"net",
          "http",
          "credentials",
          "providers",
          "upstream",
          "connectors",
          "server",
          "control",
          "admin",
          "webhooks",
          "app"}},
        {"boost/beast",
         {"http", "credentials", "providers", "connectors", "server", "admin", "webhooks", "app"}},
        {"yaml-cpp", {"config"}},
        {"prometheus/", {"metrics"}, false},
        {"nghttp2", {"http"}},
        {"openssl", {"net", "providers", "webhooks", "app"}},
        {"jq.h", {"providers"}, false},
        {"jv.h", {"providers"}, false},
        {"re2", {"routing", "config"}},
        {"sqlite3", {"journal"}},
        {"sys/epoll", {"net"}},
        {"sys/socket", {"net"}},
    };
    return table;
}

struct inclusion {
    std::size_t offset = 0;
    std::string path;
    bool ours = false;  ///< in quotes
};

std::vector<inclusion> inclusions(const source_file& file) {
    static const std::regex line{R"re((^|\n)[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">])re"};
    std::vector<inclusion> found;
    for (std::sregex_iterator at{file.text.begin(), file.text.end(), line}, end; at != end; ++at) {
        found.push_back({static_cast<std::size_t>(at->position(3)), at->str(3), at->str(2) == "\""}
        );
    }
    return found;
}

/// "net" of "proxy/net/worker.hpp"; empty for anything that lies in no folder of proxy/.
std::string folder_of(std::string_view path) {
    static constexpr std::string_view root = "proxy/";
    if (!path.starts_with(root)) {
        return {};
    }
    path.remove_prefix(root.size());
    const std::size_t end = path.find('/');
    return end == std::string_view::npos ? std::string{} : std::string{path.substr(0, end)};
}

bool is_unbound(std::string_view folder) {
    return folder == "app" || folder.empty();  // empty: main.cpp
}

void check_project_include(const source_file& file, const inclusion& one) {
    const std::string from = folder_of(file.path);
    const std::string to = folder_of(one.path);
    CAPTURE(place(file, one.offset), one.path);
    const bool there = exists(one.path) || exists(one.path + ".in");  // or made from a template
    if (to.empty() || !there) {
        FAIL_CHECK("includes of ours are full paths from the root, and the file must be there");
        return;
    }
    if (is_unbound(from) || from == to || is_params_for_config(from, one.path)) {
        return;
    }
    const auto allowed = floors().find(from);
    CHECK((allowed != floors().end() && allowed->second.contains(to)));
}

bool may_use(const source_file& file, std::string_view folder, const inclusion& one) {
    const bool header = file.path.ends_with(".hpp");
    // Parsing all of Asio or Beast costs seconds in every file that includes such a header.
    if (header && (one.path == "boost/asio.hpp" || one.path == "boost/beast.hpp")) {
        return false;
    }
    return std::all_of(libraries().begin(), libraries().end(), [&](const library& library) {
        return !one.path.starts_with(library.prefix) || is_unbound(folder) ||
               (library.folders.contains(folder) && (library.in_headers || !header));
    });
}

void check_library_include(const source_file& file, const inclusion& one) {
    CAPTURE(place(file, one.offset), one.path);
    CHECK(may_use(file, folder_of(file.path), one));
}

/// Whether `from` reaches `to` by going down the table.
bool reaches(const std::string& from, const std::string& to) {
    const auto found = floors().find(from);
    return found != floors().end() &&
           std::any_of(found->second.begin(), found->second.end(), [&](const std::string& next) {
               return next == to || reaches(next, to);
           });
}

}  // namespace

TEST_CASE("every include goes down the floors", "[tidy]") {
    for (const source_file* file : cpp_files("proxy/")) {
        for (const inclusion& one : inclusions(*file)) {
            if (one.ours) {
                check_project_include(*file, one);
            } else {
                check_library_include(*file, one);
            }
        }
    }
}

TEST_CASE("every folder of proxy/ has its floor", "[tidy]") {
    for (const source_file* file : cpp_files("proxy/")) {
        const std::string folder = folder_of(file->path);
        CAPTURE(file->path);
        CHECK((is_unbound(folder) || floors().contains(folder)));
    }
}

TEST_CASE("the floors have no circle", "[tidy]") {
    for (const auto& [folder, below] : floors()) {
        CAPTURE(folder);
        CHECK_FALSE(reaches(folder, folder));
        for (const std::string& one : below) {
            CHECK(floors().contains(one));
        }
    }
}

TEST_CASE("every header guards itself", "[tidy]") {
    for (const source_file& file : all_files()) {
        if (file.path.ends_with(".hpp")) {
            CAPTURE(file.path);
            CHECK(file.text.find("#pragma once\n") != std::string::npos);
        }
    }
}
