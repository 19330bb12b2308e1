# Builds the bitstream of the LiteFury with AMD's Vivado, without a project:
#
#   gatebook board build litefury
#
# which writes build/boards/litefury/settings.tcl from board.json and the contract and calls
#
#   vivado -mode batch -source hdl/boards/litefury/build.tcl -tclargs build/boards/litefury/settings.tcl
#
# NOT BUILT HERE: nobody has run this script yet. It is written from AMD's documents: PG055 (AXI Memory Mapped to PCI
# Express), UG835 (Tcl commands), UG894 (non-project flow). It ends with status 1, and without a bitstream, when the clock
# of the bridge is not that of board.json, when timing is not met, or when a pin is missing.
set settings [lindex $argv 0]
if {$settings eq ""} {
  puts stderr "usage: vivado -mode batch -source build.tcl -tclargs SETTINGS"
  exit 1
}
source $settings

proc fail {text} {
  puts stderr "FAILED: $text"
  exit 1
}

create_project -in_memory -part $gb_part
set_property target_language Verilog [current_project]

# The bridge: an endpoint of one lane of 2.5 GT/s, 64 bits wide, with one BAR of 64 KiB at address 0 of its AXI side. The
# host finds it by the ids of the contract. It raises no interrupts. The BAR has 64 bits because AMD makes those alone
# prefetchable, and them without a further option (PG194, PCIe BARs tab; it is about the bridge for Gen3), and because
# Linux offers a mapping whose writes combine (resource0_wc) for a prefetchable BAR alone. Its upper half takes the
# place of BAR 1.
create_ip -name axi_pcie -vendor xilinx.com -library ip -module_name gb_pcie_bridge -dir $gb_output -force
set_property -dict [list \
  CONFIG.INCLUDE_RC {PCI_Express_Endpoint_device} \
  CONFIG.NO_OF_LANES {X1} \
  CONFIG.MAX_LINK_SPEED {2.5_GT/s} \
  CONFIG.REF_CLK_FREQ {100_MHz} \
  CONFIG.PCIE_BLK_LOCN {X0Y0} \
  CONFIG.VENDOR_ID $gb_vendor_id \
  CONFIG.DEVICE_ID $gb_device_id \
  CONFIG.SUBSYSTEM_VENDOR_ID $gb_vendor_id \
  CONFIG.SUBSYSTEM_ID $gb_device_id \
  CONFIG.ENABLE_CLASS_CODE {false} \
  CONFIG.CLASS_CODE {0x120000} \
  CONFIG.BAR_64BIT {true} \
  CONFIG.BAR0_ENABLED {true} \
  CONFIG.BAR0_TYPE {Memory} \
  CONFIG.BAR0_SCALE {Kilobytes} \
  CONFIG.BAR0_SIZE {64} \
  CONFIG.BAR1_ENABLED {false} \
  CONFIG.PCIEBAR2AXIBAR_0 {0x00000000} \
  CONFIG.NUM_MSI_REQ {0} \
  CONFIG.M_AXI_DATA_WIDTH {64} \
  CONFIG.S_AXI_DATA_WIDTH {64} \
  CONFIG.shared_logic_in_core {false} \
] [get_ips gb_pcie_bridge]
generate_target all [get_ips gb_pcie_bridge]
synth_ip [get_ips gb_pcie_bridge]

foreach file $gb_sources { read_verilog $file }
synth_design -top $gb_top -part $gb_part -include_dirs $gb_includes -generic $gb_generics

# The core places its lane on channel 3 of the quad, the card has lane 0 on channel 2 (X0Y6). Its place is taken back
# first and the pins are read afterwards, since pins of a transceiver and its place must agree at every moment.
set lane [get_cells -hierarchical -filter {REF_NAME == GTPE2_CHANNEL}]
if {[llength $lane] != 1} { fail "[llength $lane] transceiver channels, not 1" }
reset_property LOC $lane
set_property LOC GTPE2_CHANNEL_X0Y6 $lane
read_xdc $gb_pins

set unplaced [get_ports -filter {PACKAGE_PIN == ""}]
if {[llength $unplaced] > 0} { fail "ports without a pin: $unplaced" }
set period [get_property PERIOD [get_clocks -of_objects [get_pins u_bridge/axi_aclk_out]]]
set hz [expr {1e9 / $period}]
if {abs($hz / $gb_clock_hz - 1) > 0.001} { fail "the bridge runs at $hz Hz, board.json says $gb_clock_hz" }

opt_design
place_design
phys_opt_design
route_design

report_timing_summary -file $gb_output/timing.txt
report_utilization -file $gb_output/utilization.txt
report_drc -file $gb_output/drc.txt
set slack [get_property SLACK [get_timing_paths -delay_type max]]
set hold [get_property SLACK [get_timing_paths -delay_type min]]
puts "slack: $slack ns set-up, $hold ns hold"
if {$slack < 0 || $hold < 0} { fail "timing is not met: see $gb_output/timing.txt" }

write_bitstream -force -bin_file $gb_output/$gb_name.bit
set file [open $gb_output/slack.txt w]
puts $file "$period $slack"
close $file
puts "written: $gb_output/$gb_name.bit"
