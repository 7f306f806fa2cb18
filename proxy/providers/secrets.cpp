#include "proxy/providers/secrets.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace millrace::providers {

namespace {

std::optional<std::string> file_content(const std::filesystem::path& path) {
    std::error_code failure;
    // Anything else (a pipe, a device) could block or never end.
    if (!std::filesystem::is_regular_file(path, failure) || failure) {
        return std::nullopt;
    }
    std::ifstream file{path, std::ios::binary};
    std::string content(secret_bytes_max + 1, '\0');
    file.read(content.data(), static_cast<std::streamsize>(content.size()));
    auto const size = static_cast<std::size_t>(file.gcount());
    if (file.bad() || size == 0 || size > secret_bytes_max) {
        return std::nullopt;
    }
    content.resize(size);
    content.erase(content.find_last_not_of("\r\n") + 1);
    return content;
}

std::optional<std::string> variable(const std::string& name) {
    // Nothing of ours calls setenv.
    const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe)
    return value == nullptr ? std::nullopt : std::optional<std::string>{value};
}

}  // namespace

std::optional<std::string> secret_of(const metric_params& metric, std::string_view name) {
    auto const& all = metric.secrets;
    auto const found = std::find_if(all.begin(), all.end(), [name](const auto& each) {
        return each.name == name;
    });
    if (found != all.end()) {
        return found->env.empty() ? file_content(found->file) : variable(found->env);
    }
    if (metric.secret_dir.empty()) {
        return std::nullopt;
    }
    // A placeholder's name holds no slash and no dot, so it stays within the directory.
    return file_content(std::filesystem::path{metric.secret_dir} / name);
}

}  // namespace millrace::providers
