#pragma once
// How the terminal report is painted: colours by meaning, signs with or without UTF-8, boxes and tables. Knows nothing of dumps.
#include <string>
#include <string_view>
#include <vector>

namespace photopsy {

enum class Tone { Plain, Good, Bad, Warn, Faint, Strong };
enum class Sign { Good, Bad, Skipped, Unknown };

class Paint {
public:
    Paint(bool colour, bool utf8, unsigned width) : colour_(colour), utf8_(utf8), width_(width < 40 ? 40 : width > 200 ? 200 : width) {}

    unsigned width() const { return width_; }
    /// The text in the tone's colour; unchanged where colour is off.
    std::string tone(Tone, std::string_view text) const;
    std::string sign(Sign) const;  ///< one column wide, coloured
    /// As the output can show it: in ASCII where it must be.
    std::string plain(std::string_view text) const;
    /// Plain text in lines of the report's width, `indent` blanks before each and `first` in the place of the first line's.
    std::string paragraph(std::string_view text, unsigned indent, std::string_view first = "") const;
    std::string heading(std::string_view title) const;
    /// A box over the whole width with `title` in its upper edge.
    std::string box(Tone, std::string_view title, std::string_view text) const;
    /// Aligned columns; the last one wraps. A cell's tone colours it after it is measured.
    struct Cell {
        std::string text;
        Tone tone = Tone::Plain;
    };
    std::string table(const std::vector<std::vector<Cell>>& rows, unsigned indent) const;

private:
    std::string narrow_table(const std::vector<std::vector<Cell>>& rows, unsigned indent) const;
    bool colour_, utf8_;
    unsigned width_;
};

}  // namespace photopsy
