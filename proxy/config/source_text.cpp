#include "proxy/config/source_text.hpp"

#include "proxy/config/document.hpp"

#include <cerrno>
#include <fstream>
#include <system_error>
#include <utility>

namespace millrace::config {

namespace {

config_errors unreadable(const std::string& path, int error_number) {
    auto const reason = std::generic_category().message(error_number);
    return {{path, 1, 1, "", "expected a readable file, got: " + reason, ""}};
}

}  // namespace

boost::system::result<std::string, config_errors> read_source(const std::string& path) {
    errno = 0;
    std::ifstream file{path, std::ios::binary};
    if (!file) {
        return {boost::system::in_place_error, unreadable(path, errno)};
    }
    // One byte more than allowed is enough to know that it is too long.
    std::string text(document_limits::bytes_max + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad()) {
        return {boost::system::in_place_error, unreadable(path, errno)};
    }
    text.resize(static_cast<std::size_t>(file.gcount()));
    return {boost::system::in_place_value, std::move(text)};
}

}  // namespace millrace::config
