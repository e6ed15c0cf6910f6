import { testHalf } from './crash-points.ts';

testHalf(1);
