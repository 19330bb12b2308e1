# Pins of the LiteFury (XC7A100T-2L FGG484); NiteFury and SQRL's Acorn CLE-101, CLE-215 and CLE-215+ have the same ones.
# NOT BUILT HERE. Sources: github.com/RHSResearchLLC/NiteFury-and-LiteFury (the maker: README, constraints of the sample
# projects), github.com/hdlguy/litefury_pcie (a working x4 design, its constraints), github.com/litex-hub/litex-boards,
# litex_boards/platforms/sqrl_acorn.py. Names: those of the ports of gb_board_litefury.

# Reference clock of the slot, 100 MHz.
set_property PACKAGE_PIN F6 [get_ports pcie_clk_p_i]
set_property PACKAGE_PIN E6 [get_ports pcie_clk_n_i]
create_clock -name pcie_reference -period 10.000 [get_ports pcie_clk_p_i]

# Lane 0 of the slot, on channel 2 of the quad (GTPE2_CHANNEL_X0Y6): see build.tcl.
set_property PACKAGE_PIN B10 [get_ports pcie_rx_p_i]
set_property PACKAGE_PIN A10 [get_ports pcie_rx_n_i]
set_property PACKAGE_PIN B6 [get_ports pcie_tx_p_o]
set_property PACKAGE_PIN A6 [get_ports pcie_tx_n_o]

# PERST# and CLKREQ# of the slot.
set_property -dict {PACKAGE_PIN J1 IOSTANDARD LVCMOS33 PULLUP TRUE} [get_ports pcie_rst_n_i]
set_property -dict {PACKAGE_PIN G1 IOSTANDARD LVCMOS33} [get_ports pcie_clkreq_n_o]
set_false_path -from [get_ports pcie_rst_n_i]
set_false_path -to [get_ports pcie_clkreq_n_o]

# Lights A1 to A4, lit by 0.
set_property -dict {PACKAGE_PIN G3 IOSTANDARD LVCMOS33 DRIVE 8} [get_ports {led_n_o[0]}]
set_property -dict {PACKAGE_PIN H3 IOSTANDARD LVCMOS33 DRIVE 8} [get_ports {led_n_o[1]}]
set_property -dict {PACKAGE_PIN G4 IOSTANDARD LVCMOS33 DRIVE 8} [get_ports {led_n_o[2]}]
set_property -dict {PACKAGE_PIN H4 IOSTANDARD LVCMOS33 DRIVE 8} [get_ports {led_n_o[3]}]
set_false_path -to [get_ports {led_n_o[*]}]

# Configuration from the flash of the card, four bits wide, so that it is done before the host looks for cards.
set_property CFGBVS VCCO [current_design]
set_property CONFIG_VOLTAGE 3.3 [current_design]
set_property CONFIG_MODE SPIx4 [current_design]
set_property BITSTREAM.CONFIG.SPI_BUSWIDTH 4 [current_design]
set_property BITSTREAM.CONFIG.EXTMASTERCCLK_EN Div-1 [current_design]
set_property BITSTREAM.CONFIG.SPI_FALL_EDGE YES [current_design]
set_property BITSTREAM.CONFIG.OVERTEMPPOWERDOWN ENABLE [current_design]
set_property BITSTREAM.GENERAL.COMPRESS TRUE [current_design]
