#pragma once

#include "proxy/config/reader.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <memory>
#include <string>
#include <vector>

namespace millrace::config {

namespace json = boost::json;

/// One line of the key reference.
struct key_info {
    std::string path;          ///< "listeners[].limits.connections_max", "backends.NAME.url"
    std::string type;          ///< "integer", "duration", "a or b", "mapping", "list of …"
    std::string unit;          ///< "bytes", "connections"; may be empty
    std::string default_text;  ///< as it stands in YAML; "required"; "none"; empty for a mapping
    std::string range;         ///< "0 to 1000000"; may be empty
    std::string about;         ///< one sentence
    bool required = false;
    bool later = false;  ///< known to the language, refused: its feature is not built yet
};

/// What a shape says about its values in general.
struct shape_info {
    std::string type;
    std::string range;
};

/// How one type of value is read from YAML, described in the JSON Schema, listed in the key
/// reference and written in a dump: the four cannot part, because they are one object.
/// Immutable; made once, lives as long as the process; any thread.
template <class T>
class shape {
 public:
    shape() = default;
    shape(const shape&) = delete;
    shape& operator=(const shape&) = delete;
    virtual ~shape() = default;

    /// Fills `to`, or reports to `in` and leaves `to` as it was as far as it is wrong.
    virtual void read(reader& in, const node& from, T& to) const = 0;

    /// What `read` would have to be given; null when there is nothing to say (an empty optional,
    /// a secret).
    [[nodiscard]] virtual json::value write(const T& from) const = 0;

    [[nodiscard]] virtual json::object schema() const = 0;

    [[nodiscard]] virtual shape_info info() const = 0;

    /// Appends the keys inside; `prefix` is the path of the value itself.
    virtual void list_keys(const std::string& /*prefix*/, std::vector<key_info>& /*keys*/) const {}
};

template <class T>
using shape_ptr = std::shared_ptr<const shape<T>>;

}  // namespace millrace::config
