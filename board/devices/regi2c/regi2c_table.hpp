// The bus' registers as a table. The SVD does not have them, so this one is written by hand; fields without a
// name of their own in any source hold the bits that bring-up code reads back.
#pragma once

#include "chip/register_table.hpp"

namespace ferry::board {

namespace regi2c_table {
using chip::Access;
inline constexpr chip::FieldInfo command_fields[] = {
    {"SLAVE", 0, 8, Access::read_write}, {"ADDRESS", 8, 8, Access::read_write},
    {"DATA", 16, 8, Access::read_write}, {"WRITE", 24, 1, Access::read_write},
    {"BUSY", 25, 1, Access::read_only},  {"CONTROL", 26, 6, Access::read_write}};
inline constexpr chip::FieldInfo ana_conf0_fields[] = {{"LOW", 0, 2, Access::read_write},
                                                       {"BBPLL_STOP_FORCE_HIGH", 2, 1, Access::read_write},
                                                       {"BBPLL_STOP_FORCE_LOW", 3, 1, Access::read_write},
                                                       {"MIDDLE", 4, 20, Access::read_write},
                                                       {"BBPLL_CAL_DONE", 24, 1, Access::read_only},
                                                       {"HIGH", 25, 7, Access::read_write}};
inline constexpr chip::FieldInfo word_fields[] = {{"VALUE", 0, 32, Access::read_write}};
}  // namespace regi2c_table

inline constexpr chip::RegisterInfo regi2c_registers[] = {
    {"I2C_CTRL", 0x000, 0, 2, 0x4, regi2c_table::command_fields, {}},
    {"ANA_CONF0", 0x040, 0, 1, 0x4, regi2c_table::ana_conf0_fields, {}},
    {"ANA_CONFIG", 0x044, 0, 1, 0x4, regi2c_table::word_fields, {}},
    {"ANA_CONFIG2", 0x048, 0, 1, 0x4, regi2c_table::word_fields, {}},
};

}  // namespace ferry::board
