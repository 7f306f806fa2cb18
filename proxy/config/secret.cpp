#include "proxy/config/secret.hpp"

#include "proxy/config/wording.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

namespace millrace::config {

namespace {

constexpr std::size_t secret_bytes_max = 4'096;
constexpr const char* variable_pattern = "^[A-Za-z_][A-Za-z0-9_]{0,127}$";

void keep_secret(const std::string& secret, siphash_key& to) {
    to = derive_siphash_key(secret);
}

void keep_secret(const std::string& secret, std::string& to) {
    to = secret;
}

template <class T>
void take_secret(reader& in, const node& from, const std::string& secret, T& to) {
    if (secret.size() < secret_bytes_min) {
        in.fail(
            from,
            fmt::format(
                "expected a secret of at least {} bytes, got {}", secret_bytes_min, secret.size()
            )
        );
        return;
    }
    keep_secret(secret, to);
}

/// Where a secret comes from; nothing in here ever shows one.
template <class T>
class secret_shape : public shape<T> {
 public:
    [[nodiscard]] json::value write(const T& /*from*/) const final { return nullptr; }
};

template <class T>
class environment_shape final : public secret_shape<T> {
 public:
    void read(reader& in, const node& from, T& to) const override {
        // Somebody may have put the secret itself here: only what can be a name is repeated.
        if (from.kind != node::kind::text || !RE2::FullMatch(from.text, variable_pattern)) {
            in.fail(from, "expected the name of an environment variable");
            return;
        }
        // Loading happens on one thread and nothing of ours calls setenv.
        const char* value = std::getenv(from.text.c_str());  // NOLINT(concurrency-mt-unsafe)
        if (value == nullptr) {
            in.fail(
                from,
                fmt::format(
                    "expected a variable of the environment, got {}, which is not set",
                    in_quotes(from.text)
                )
            );
            return;
        }
        take_secret(in, from, value, to);
    }

    [[nodiscard]] json::object schema() const override {
        return {{"type", "string"}, {"pattern", variable_pattern}};
    }

    [[nodiscard]] shape_info info() const override { return {"environment variable", ""}; }
};

std::optional<std::string> content_of(const std::string& path) {
    std::error_code failure;
    // Anything else (a pipe, a device) could block or never end.
    if (!std::filesystem::is_regular_file(path, failure) || failure) {
        return std::nullopt;
    }
    std::ifstream file{path, std::ios::binary};
    std::string content(secret_bytes_max + 1, '\0');
    file.read(content.data(), static_cast<std::streamsize>(content.size()));
    if (file.bad() || (!file && !file.eof()) || content.back() != '\0') {
        return std::nullopt;
    }
    content.resize(static_cast<std::size_t>(file.gcount()));
    while (!content.empty() && (content.back() == '\n' || content.back() == '\r')) {
        content.pop_back();
    }
    return content;
}

template <class T>
class file_shape final : public secret_shape<T> {
 public:
    void read(reader& in, const node& from, T& to) const override {
        if (from.kind != node::kind::text || from.text.empty()) {
            in.fail(from, "expected the path of a file, got " + kind_name(from));
            return;
        }
        auto const content = content_of(from.text);
        if (!content) {
            in.fail(
                from,
                fmt::format(
                    "expected a readable file of at most {} bytes, got {}",
                    secret_bytes_max,
                    in_quotes(from.text)
                )
            );
            return;
        }
        take_secret(in, from, *content, to);
    }

    [[nodiscard]] json::object schema() const override {
        return {{"type", "string"}, {"minLength", 1}};
    }

    [[nodiscard]] shape_info info() const override { return {"path", ""}; }
};

}  // namespace

shape_ptr<siphash_key> secret_from_environment() {
    return std::make_shared<environment_shape<siphash_key>>();
}

shape_ptr<siphash_key> secret_from_file() {
    return std::make_shared<file_shape<siphash_key>>();
}

shape_ptr<std::string> secret_text_from_environment() {
    return std::make_shared<environment_shape<std::string>>();
}

shape_ptr<std::string> secret_text_from_file() {
    return std::make_shared<file_shape<std::string>>();
}

siphash_key default_affinity_key() {
    return derive_siphash_key("millrace affinity, version 1");
}

}  // namespace millrace::config
